import type { ReachedSet } from "@email-agent/shared/adapters/deliveryReads.ts";
import { type Participant, readParticipant } from "@email-agent/shared/domain/recipients/participant.ts";
import { aStepRun } from "@email-agent/shared/testing/aStepRun.ts";
import {
  anEvent,
  anOrder,
  aParticipant,
  aPool,
  aStage,
  someLanguages,
  someSettings,
} from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { type CountPorts, count } from "./count.ts";

interface Fixture {
  readonly people?: Participant[];
  readonly reached?: Record<string, string[]>;
  readonly event?: ReturnType<typeof anEvent>;
  readonly stage?: ReturnType<typeof aStage>;
  readonly pools?: ReturnType<typeof aPool>[];
}

/** Ports over plain data, two participants a page. */
function ports({
  people = [],
  reached = {},
  event = anEvent(),
  stage = aStage(),
  pools = [aPool()],
}: Fixture): CountPorts {
  return {
    config: {
      stage: async (name) => (name === stage.name ? stage : undefined),
      pools: async () => new Map(pools.map((pool) => [pool.name, pool])),
      languages: async () => someLanguages(),
      settings: async () => someSettings(),
    },
    events: { get: async (code) => (code === event.aid ? event : undefined) },
    participants: {
      pages: async function* () {
        for (let at = 0; at < people.length; at += 2) yield people.slice(at, at + 2);
      },
    },
    deliveries: {
      reached: async (partition): Promise<ReachedSet> => {
        const ids = new Set(reached[partition]);
        return {
          has: (id) => ids.has(id),
          failedPermanently: () => false,
          failed: () => false,
          inDoubt: 0,
          size: ids.size,
        };
      },
    },
  };
}

const order = anOrder({ languages: ["EN", "SP"] });
const spaniard = (fields = {}) => aParticipant({ writtenLangPref: "spanish", ...fields });

test("acceptance 11: a Spanish reader counts in EN and SP, a French reader in EN only; every skip has its reason", async () => {
  const people = [
    spaniard({ id: "both" }),
    aParticipant({ id: "french", writtenLangPref: "French" }),
    aParticipant({ id: "unsubscribed", unsubscribe: true }),
    aParticipant({ id: "blank", email: " " }),
    aParticipant({
      id: "suppressed",
      email: "Gone@example.org",
      suppression: { address: "gone@EXAMPLE.org", code: "5.1.1", at: "2026-01-01T00:00:00.000Z" },
    }),
    spaniard({ id: "reached", unsubscribe: true }),
    spaniard({ id: "elsewhere", emails: { E2026_weekend_reg_EN: "2026-01-01T00:00:00.000Z" } }),
  ];
  const run = aStepRun("Count", order);
  const result = await count(ports({ people, reached: { E2026_weekend_reg_EN: ["reached"] } }))(run);
  expect(result).toMatchObject({
    kind: "complete",
    message: "Already received – EN: 2, SP: 0; will send – EN: 2, SP: 2; total – EN: 4, SP: 2.",
    counters: { total: 6, sent: 4, skipped: 2, failed: 0, inDoubt: 0 },
    languages: {
      EN: {
        total: 4,
        sent: 2,
        skipped: 2,
        reasons: { "already-received": 2, unsubscribed: 1, "no-address": 1, suppressed: 1 },
      },
      SP: { total: 2, sent: 2, skipped: 0, reasons: { unsubscribed: 2, "no-address": 1, suppressed: 1, language: 1 } },
    },
    details: [],
  });
  expect(run.reported.length).toBe(4);
  expect(run.reported.at(-1)).toMatchObject({ message: "7 participants read", counters: { total: 6 } });
});

test("a revision is a mailing of its own: no one has received it", async () => {
  const people = [aParticipant({ id: "a" })];
  const reached = { E2026_weekend_reg_EN: ["a"] };
  const again = await count(ports({ people, reached }))(aStepRun("Count", anOrder({ revision: 2 })));
  expect(again).toMatchObject({ languages: { EN: { sent: 1, total: 1 } } });
});

test("a pool that accepts no one is a warning that names it; one that was not evaluated is not", async () => {
  const fixture = {
    people: [aParticipant(), aParticipant()],
    stage: aStage({ pools: ["everyone", "empty", "behind"] }),
    pools: [aPool(), aPool({ name: "empty", attributes: [] }), aPool({ name: "behind", attributes: [] })],
  };
  const result = await count(ports(fixture))(aStepRun("Count", order));
  expect(result.details).toEqual([
    {
      language: "all",
      rule: "pool",
      severity: "warning",
      text: 'The pool "empty" accepts no one: check its attributes.',
    },
  ]);
  expect(result.message).toContain("No one would receive this mailing now.");
  expect(result).toMatchObject({ languages: { EN: { sent: 0, reasons: { "stage-pool": 2 } } } });
});

test("a pool that accepts one person of many is no warning", async () => {
  const fixture = {
    people: [aParticipant(), aParticipant({ practice: { dance: true } }), aParticipant()],
    event: anEvent({ config: { pool: "dancers" } }),
    pools: [aPool({ name: "dancers", attributes: [{ type: "practice", field: "dance" }] })],
  };
  expect((await count(ports(fixture))(aStepRun("Count", order))).details).toEqual([]);
});

test("an event without pool accepts no one, and Count says so", async () => {
  const event = anEvent();
  delete event.config.pool;
  const result = await count(ports({ people: [aParticipant()], event }))(aStepRun("Count", order));
  expect(result.details?.map(({ text }) => text)).toEqual([
    "The event E2026 has no pool and therefore accepts no one.",
  ]);
});

test("acceptance 64: Count leaves broken records out, names them with their field, and goes on", async () => {
  const people = [
    aParticipant({ id: "good" }),
    readParticipant({ id: "broken", email: "b@example.org", programs: "E2026" }),
    readParticipant({ id: "reached", email: "r@example.org", unsubscribe: 1 }),
  ];
  const result = await count(ports({ people, reached: { E2026_weekend_reg_EN: ["reached"] } }))(
    aStepRun("Count", anOrder({ languages: ["EN"] })),
  );
  expect(result).toMatchObject({
    kind: "complete",
    languages: { EN: { sent: 1, reasons: { "invalid-record": 1, "already-received": 1 } } },
  });
  expect(result.message).toContain("2 people are not mailed because their records have a field that does not fit");
  expect(result.details?.map(({ text }) => text)).toEqual([
    expect.stringContaining("Participant broken is not mailed: the field programs of the record does not fit"),
    expect.stringContaining("Participant reached is not mailed: the field unsubscribe"),
  ]);
});

test("acceptance 64: more than 1 % broken records, at least 20, end Count in error with its numbers", async () => {
  const people = Array.from({ length: 1000 }, (_, n) =>
    readParticipant({ id: `p${n}`, email: n < 20 ? 7 : "a@b.org" }),
  );
  const result = await count(ports({ people }))(aStepRun("Count", anOrder({ languages: ["EN"] })));
  expect(result).toMatchObject({ kind: "error", languages: { EN: { sent: 980, reasons: { "invalid-record": 20 } } } });
  expect(result.message).toContain("20 of 1,000 participant records have a field that does not fit");
});

test("acceptance 65: Count says how many addresses are on more than one record it would mail, and whose", async () => {
  const people = [
    spaniard({ id: "ana", email: "same@example.org" }),
    spaniard({ id: "bo", email: " Same@Example.org " }),
    aParticipant({ id: "gone", email: "same@example.org", unsubscribe: true }),
  ];
  const result = await count(ports({ people }))(aStepRun("Count", order));
  expect(result.message).toContain("1 address is on more than one record (2 people): each of them gets a mail.");
  expect(result).toMatchObject({ kind: "complete", languages: { EN: { sent: 2 }, SP: { sent: 2 } } });
  expect(result.details?.map(({ text }) => text)).toContain("Participant bo has the same address as participant ana.");
});

test("no participants at all is said", async () => {
  expect((await count(ports({}))(aStepRun("Count", order))).message).toContain("There are no participants at all.");
});

test.each([
  ["event", { event: anEvent({ aid: "Other" }) }, /event E2026/],
  ["sub-event", { event: anEvent({ subEvents: { other: {} } }) }, /sub-event weekend/],
  ["stage", { stage: aStage({ name: "other" }) }, /stage reg/],
  ["pool", { pools: [] }, /"everyone"/],
])("a missing %s is a configuration error that names it", async (_what, fixture, text) => {
  await expect(count(ports(fixture))(aStepRun("Count", order))).rejects.toMatchObject({
    code: "configuration",
    message: expect.stringMatching(text),
  });
});

test("a missing language is a configuration error that names it", async () => {
  const run = aStepRun("Count", anOrder({ languages: ["EN", "XX"] }));
  await expect(count(ports({}))(run)).rejects.toMatchObject({
    code: "configuration",
    message: expect.stringMatching(/XX/),
  });
});

test("a stop ends the count before the next participant, with the reason of the stop", async () => {
  const run = aStepRun("Count", order);
  const people = ports({ people: [aParticipant(), aParticipant(), aParticipant(), aParticipant()] });
  const stopping: CountPorts = {
    ...people,
    participants: {
      pages: async function* () {
        yield* people.participants.pages();
        run.stop();
        yield [aParticipant()];
      },
    },
  };
  await expect(count(stopping)(run)).rejects.toMatchObject({ code: "stopped", disposition: "interrupted" });
});
