import { expect, test } from "vitest";
import { anEvent, anOrder, aParticipant, aPool, aStage, someLanguages, someSettings } from "../../testing/builders.ts";
import type { Pool, Stage } from "../domain/configItems.ts";
import type { EventRecord } from "../domain/event.ts";
import { loadMailing, type MailingPorts } from "./loadMailing.ts";

interface Organisation {
  events?: EventRecord[];
  stages?: Stage[];
  pools?: Pool[];
}

function portsOf({ events = [anEvent()], stages = [aStage()], pools = [aPool()] }: Organisation = {}): MailingPorts {
  return {
    events: { get: async (code) => events.find(({ aid }) => aid === code) },
    config: {
      stage: async (name) => stages.find((stage) => stage.name === name),
      pools: async () => new Map(pools.map((pool) => [pool.name, pool])),
      languages: async () => someLanguages(),
      settings: async () => someSettings(),
    },
  };
}

test("an order that refers to what exists is loaded, its languages in its own order", async () => {
  const loaded = await loadMailing(portsOf(), anOrder({ languages: ["SP", "EN"], revision: 2 }));
  expect(loaded.languages.map(({ code }) => code)).toEqual(["SP", "EN"]);
  expect(loaded.mailing(loaded.languages[0]!).mailingKey).toBe("E2026_weekend_reg_2_SP");
  expect(loaded.mailingKeyOf("EN")).toBe("E2026_weekend_reg_2_EN");
  expect(loaded.pools.accepts("everyone", aParticipant(), loaded.event, "weekend")).toBe(true);
  expect(loaded.oathed).toBeUndefined();
});

test.each<[string, Organisation, Parameters<typeof anOrder>[0], string]>([
  ["event", { events: [] }, {}, "The event E2026 of the order does not exist."],
  ["sub-event", {}, { subEvent: "monday" }, "The event E2026 has no sub-event monday."],
  ["stage", { stages: [] }, {}, "The stage reg of the order is not configured."],
  ["language", {}, { languages: ["EN", "XX"] }, "The language XX of the order is not configured."],
  ["event pool", { pools: [] }, {}, 'The event E2026 names the pool "everyone", which does not exist.'],
  [
    "stage pool",
    { stages: [aStage({ pools: ["gone"] })] },
    {},
    'The stage reg names the pool "gone", which does not exist.',
  ],
  [
    "pool of a pool",
    { pools: [aPool({ attributes: [{ type: "pool", name: "gone" }] })] },
    {},
    'Pool "everyone", attribute 1: pool "gone" does not exist.',
  ],
  [
    "attribute of pool oath",
    { pools: [aPool(), aPool({ name: "oath", attributes: [{ type: "oath" }] })] },
    {},
    'Pool "oath", attribute 1 (oath): the parameter "aid" is missing or not a text.',
  ],
])("a missing %s is a configuration error naming it", async (_, organisation, order, message) => {
  await expect(loadMailing(portsOf(organisation), anOrder(order))).rejects.toMatchObject({
    code: "configuration",
    disposition: "reject",
    message,
  });
});

test("acceptance 12: a cycle and an unknown type stop the run before the first participant", async () => {
  const cycle = [
    aPool({ attributes: [{ type: "pool", name: "b" }] }),
    aPool({ name: "b", attributes: [{ type: "pool", name: "everyone" }] }),
  ];
  await expect(loadMailing(portsOf({ pools: cycle }), anOrder())).rejects.toThrow("everyone → b → everyone");
  const unknown = [aPool({ attributes: [{ type: "whatever" }] })];
  await expect(loadMailing(portsOf({ pools: unknown }), anOrder())).rejects.toThrow('Pool "everyone", attribute 1');
});

test("an event without pool loads: it accepts no one, which Count says", async () => {
  const loaded = await loadMailing(portsOf({ events: [anEvent({ config: { pool: undefined } })] }), anOrder());
  expect(loaded.event.config.pool).toBeUndefined();
});

test("pool oath says who took the oath", async () => {
  const oath = aPool({ name: "oath", attributes: [{ type: "oath", aid: "E1" }] });
  const { oathed } = await loadMailing(portsOf({ pools: [aPool(), oath] }), anOrder());
  expect(oathed?.(aParticipant({ programs: { E1: { oath: true } } }))).toBe(true);
  expect(oathed?.(aParticipant())).toBe(false);
});

test("the fee limit of another event a pool names is respected", async () => {
  const pools = [aPool({ attributes: [{ type: "joinwhich", aid: "E1", retreat: "b" }] })];
  const events = [anEvent(), anEvent({ aid: "E1", config: { offeringLimitFeeCount: 1 } })];
  const person = aParticipant({
    programs: { E1: { join: true, limitFee: true, whichRetreats: { a: true, b: true } } },
  });
  const loaded = await loadMailing(portsOf({ pools, events }), anOrder());
  expect(loaded.pools.accepts("everyone", person, loaded.event, "weekend")).toBe(false);
});

test("a selected retreat without configuration row ends the run with a sentence, not a crash", async () => {
  const pools = [aPool({ attributes: [{ type: "currenteventbalancedue" }] })];
  const events = [anEvent({ config: { offeringPresentation: "installments", pool: "everyone" } })];
  const loaded = await loadMailing(portsOf({ pools, events }), anOrder());
  const person = aParticipant({ programs: { E2026: { whichRetreats: { r9: true } } } });
  expect(() => loaded.pools.accepts("everyone", person, loaded.event, "weekend")).toThrow(
    expect.objectContaining({ code: "configuration", message: expect.stringContaining('"r9"') }),
  );
});
