import { describe, expect, test } from "vitest";
import { anEvent, aParticipant, aPool } from "../../../testing/builders.ts";
import type { PoolAttribute } from "../configItems.ts";
import type { EventRecord } from "../event.ts";
import type { Participant, Program } from "./participant.ts";
import { checkPools, eventsNamedByPools } from "./pool.ts";

const poolsOf = (pools: Record<string, PoolAttribute[]>) =>
  new Map(Object.entries(pools).map(([name, attributes]) => [name, aPool({ name, attributes })]));

const others = { yes: [{ type: "true" }], no: [], adults: [{ type: "practice", field: "adult" }] };

/** Whether a pool of these attributes accepts the person, for event E2026 and its sub-event `weekend`. */
function accepts(attributes: PoolAttribute[], person: Participant, event: EventRecord = anEvent()): boolean {
  const pools = poolsOf({ asked: attributes, ...others });
  return checkPools(pools, ["asked"]).accepts("asked", person, event, "weekend");
}

const withProgram = (program: Program, aid = "E2026") => aParticipant({ programs: { [aid]: program } });
const withoutProgram = aParticipant();
const sku = (subEvent: string, more: Program = {}) => ({
  offeringHistory: { [subEvent]: { offeringSKU: "A-1" } },
  ...more,
});
const paid = (amount: number, more: Program = {}) => ({
  offeringHistory: { weekend: { installments: { first: { offeringAmount: amount } } } },
  ...more,
});

const instalments = anEvent({
  config: {
    offeringPresentation: "installments",
    whichRetreatsConfig: {
      r1: { offeringTotal: 300, offeringCashTotal: 100, offeringMinimum: 50 },
      r2: { offeringTotal: 100, offeringCashTotal: 150, offeringMinimum: 20 },
    },
  },
});
const r1 = { whichRetreats: { r1: true, r2: false } };

type Case = [attribute: PoolAttribute, accepted: Participant[], refused: Participant[], event?: EventRecord];

const cases: Record<string, Case> = {
  true: [{ type: "true" }, [withoutProgram], []],
  pool: [{ type: "pool", name: "adults" }, [aParticipant({ practice: { adult: true } })], [withoutProgram]],
  pooldiff: [
    { type: "pooldiff", inpool: "yes", outpool: "adults" },
    [withoutProgram],
    [aParticipant({ practice: { adult: true } })],
  ],
  pooland: [
    { type: "pooland", pool1: "yes", pool2: "adults" },
    [aParticipant({ practice: { adult: true } })],
    [withoutProgram],
  ],
  practice: [
    { type: "practice", field: "sangha" },
    [aParticipant({ practice: { sangha: true } })],
    [withoutProgram, aParticipant({ practice: { sangha: false, other: true } })],
  ],
  offering: [
    { type: "offering", aid: "E1", subevent: "weekend" },
    [withProgram(sku("weekend"), "E1"), withProgram(paid(10), "E1")],
    [
      withoutProgram,
      withProgram(sku("weekend"), "E2026"),
      withProgram(sku("monday"), "E1"),
      withProgram(sku("weekend", { withdrawn: true }), "E1"),
    ],
  ],
  "offering in any sub-event": [
    { type: "offering", aid: "E1", subevent: "any" },
    [withProgram(sku("monday"), "E1")],
    [withoutProgram, withProgram({ join: true }, "E1"), withProgram(sku("monday", { withdrawn: true }), "E1")],
  ],
  currenteventoffering: [
    { type: "currenteventoffering" },
    [withProgram(sku("weekend"))],
    [
      withoutProgram,
      withProgram(sku("monday")),
      withProgram(sku("weekend", { withdrawn: true })),
      withProgram(sku("weekend"), "E1"),
    ],
  ],
  currenteventnotoffering: [
    { type: "currenteventnotoffering" },
    [withoutProgram, withProgram(sku("monday")), withProgram(sku("weekend"), "E1"), withProgram(paid(0))],
    [withProgram(sku("weekend")), withProgram(sku("weekend", { withdrawn: true }))],
  ],
  notoffering: [
    { type: "notoffering", aid: "E1", subevent: "weekend" },
    [withoutProgram, withProgram(sku("monday"), "E1"), withProgram(sku("weekend"))],
    [withProgram(sku("weekend"), "E1")],
  ],
  offeringandpools: [
    { type: "offeringandpools", aid: "E1", subevent: "weekend", pools: ["no", "adults"] },
    [aParticipant({ practice: { adult: true }, programs: { E1: sku("weekend") } })],
    [
      withProgram(sku("weekend"), "E1"),
      aParticipant({ practice: { adult: true } }),
      aParticipant({ practice: { adult: true }, programs: { E1: sku("weekend", { withdrawn: true }) } }),
    ],
  ],
  oath: [
    { type: "oath", aid: "E1" },
    [withProgram({ oath: true }, "E1")],
    [withoutProgram, withProgram({ oath: true })],
  ],
  attended: [
    { type: "attended", aid: "E1" },
    [withProgram({ attended: true }, "E1")],
    [withoutProgram, withProgram({}, "E1")],
  ],
  join: [
    { type: "join", aid: "E1" },
    [withProgram({ join: true }, "E1")],
    [withoutProgram, withProgram({ join: false }, "E1")],
  ],
  notjoin: [
    { type: "notjoin", aid: "E1" },
    [withoutProgram, withProgram({ join: false }, "E1"), withProgram({ join: true })],
    [withProgram({ join: true }, "E1")],
  ],
  currenteventjoin: [
    { type: "currenteventjoin" },
    [withProgram({ join: true })],
    [withoutProgram, withProgram({ join: true }, "E1")],
  ],
  currenteventnotjoin: [
    { type: "currenteventnotjoin" },
    [withoutProgram, withProgram({})],
    [withProgram({ join: true })],
  ],
  currenteventmanualinclude: [
    { type: "currenteventmanualinclude" },
    [withProgram({ manualInclude: true })],
    [withoutProgram, withProgram({ manualInclude: false })],
  ],
  currenteventtest: [
    { type: "currenteventtest" },
    [withProgram({ test: true })],
    [withoutProgram, withProgram({}, "E2026")],
  ],
  eligible: [
    { type: "eligible" },
    [withProgram({ eligible: true })],
    [withoutProgram, withProgram({ eligible: true }, "E1")],
  ],
  currenteventaccepted: [
    { type: "currenteventaccepted" },
    [withProgram({ accepted: true })],
    [withoutProgram, withProgram({ accepted: true, withdrawn: true }), withProgram({ join: true })],
  ],
  joinwhich: [
    { type: "joinwhich", aid: "E1", retreat: "jan" },
    [withProgram({ join: true, whichRetreats: { january: true } }, "E1")],
    [
      withoutProgram,
      withProgram({ whichRetreats: { january: true } }, "E1"),
      withProgram({ join: true, withdrawn: true, whichRetreats: { january: true } }, "E1"),
      withProgram({ join: true, whichRetreats: { january: false, march: true } }, "E1"),
      withProgram({ join: true, whichRetreats: { "x-jan": true } }, "E1"),
    ],
  ],
  offeringwhich: [
    { type: "offeringwhich", aid: "E1", retreat: "jan", subevent: "week" },
    [withProgram(sku("weekend", { join: true, whichRetreats: { january: true } }), "E1")],
    [
      withProgram({ join: true, whichRetreats: { january: true } }, "E1"),
      withProgram(sku("monday", { join: true, whichRetreats: { january: true } }), "E1"),
      withProgram(sku("weekend", { join: true, whichRetreats: { march: true } }), "E1"),
    ],
  ],
  specifiedAIDBool: [
    { type: "specifiedAIDBool", aid: "E1", boolName: "vegan" },
    [withProgram({ vegan: true } as Program, "E1")],
    [withoutProgram, withProgram({ vegan: "yes" } as Program, "E1"), withProgram({ vegan: true } as Program)],
  ],
  currenteventminimumdue: [
    { type: "currenteventminimumdue" },
    [withProgram(r1), withProgram(paid(49.99, r1))],
    [withoutProgram, withProgram({}), withProgram(paid(50, r1)), withProgram({ ...r1, withdrawn: true })],
    instalments,
  ],
  currenteventbalancedue: [
    { type: "currenteventbalancedue" },
    [withProgram(paid(50, r1)), withProgram(paid(199.99, { whichRetreats: { r1: true, r2: true } }))],
    [withoutProgram, withProgram(paid(200, r1)), withProgram({ whichRetreats: { r2: true } })],
    instalments,
  ],
};

describe("acceptance 12: each pool type accepts and refuses", () => {
  test.each(Object.entries(cases))("%s", (_, [attribute, accepted, refused, event]) => {
    expect(accepted.map((person) => accepts([attribute], person, event))).toEqual(accepted.map(() => true));
    expect(refused.map((person) => accepts([attribute], person, event))).toEqual(refused.map(() => false));
  });

  test("the attributes of a pool are joined by OR; a pool without any accepts no one", () => {
    const either = [{ type: "oath", aid: "E1" }, { type: "currenteventjoin" }];
    expect(accepts(either, withProgram({ join: true }))).toBe(true);
    expect(accepts(either, withProgram({ oath: true }, "E1"))).toBe(true);
    expect(accepts(either, withoutProgram)).toBe(false);
    expect(accepts([], withoutProgram)).toBe(false);
  });

  test("an event without instalments has nothing due", () => {
    const event = anEvent({ config: { ...instalments.config, offeringPresentation: "total" } });
    expect(accepts([{ type: "currenteventbalancedue" }], withProgram(r1), event)).toBe(false);
  });

  test("with a fee limit only the first retreats by key are selected, in the event the attribute names", () => {
    const attribute = { type: "joinwhich", aid: "E1", retreat: "c" };
    const person = withProgram({ join: true, limitFee: true, whichRetreats: { c: true, b: true, a: true } }, "E1");
    const limited = anEvent({ aid: "E1", config: { offeringLimitFeeCount: 2 } });
    const pools = poolsOf({ asked: [attribute] });
    expect(eventsNamedByPools(pools, ["asked"])).toEqual(["E1"]);
    const known = checkPools(pools, ["asked"], new Map([["E1", limited]]));
    expect(known.accepts("asked", person, anEvent(), "weekend")).toBe(false);
    expect(checkPools(pools, ["asked"]).accepts("asked", person, limited, "weekend")).toBe(false);
    expect(checkPools(pools, ["asked"]).accepts("asked", person, anEvent(), "weekend")).toBe(true);
  });
});

describe("acceptance 12: what is wrong is found before the first participant", () => {
  const refusal = (pools: Record<string, PoolAttribute[]>, names = ["a"]) => {
    try {
      checkPools(poolsOf(pools), names);
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  };

  test("an unknown type names pool and attribute number", () => {
    expect(refusal({ a: [{ type: "true" }, { type: "everybody" }] })).toBe(
      'Pool "a", attribute 2: the type "everybody" is unknown.',
    );
    expect(refusal({ a: [{ type: "toString" }] })).toContain('the type "toString" is unknown');
  });

  test("a cycle is printed as a chain", () => {
    const pools = {
      a: [{ type: "pool", name: "b" }],
      b: [{ type: "true" }, { type: "pooldiff", inpool: "c", outpool: "d" }],
      c: [{ type: "offeringandpools", aid: "E1", subevent: "any", pools: ["d", "b"] }],
      d: [],
    };
    expect(refusal(pools)).toBe('Pool "c", attribute 1 closes a cycle of pools: b → c → b.');
    expect(refusal({ a: [{ type: "pool", name: "a" }] })).toContain("a → a");
  });

  test.each<[PoolAttribute, string]>([
    [{ type: "join" }, "aid"],
    [{ type: "practice", field: " " }, "field"],
    [{ type: "offering", aid: "E1" }, "subevent"],
    [{ type: "offeringandpools", aid: "E1", subevent: "any", pools: [] }, "pools"],
    [{ type: "offeringandpools", aid: "E1", subevent: "any", pools: "b" }, "pools"],
    [{ type: "pooland", pool1: "b" }, "pool2"],
    [{ type: "specifiedAIDBool", aid: "E1", boolName: true }, "boolName"],
  ])("a missing parameter: %j", (attribute, parameter) => {
    expect(refusal({ a: [attribute], b: [] })).toMatch(
      new RegExp(`^Pool "a", attribute 1 \\(${attribute.type}\\): the parameter "${parameter}" is missing`),
    );
  });

  test("a missing pool, reachable only", () => {
    expect(refusal({ a: [{ type: "pool", name: "gone" }] })).toBe('Pool "a", attribute 1: pool "gone" does not exist.');
    expect(refusal({}, ["gone"])).toBe('pool "gone" does not exist.');
    expect(refusal({ a: [], unreachable: [{ type: "nonsense" }] })).toBeUndefined();
  });

  test("asking a pool that was not checked is refused, not accepted", () => {
    const checked = checkPools(poolsOf({ a: [], b: [{ type: "true" }] }), ["a"]);
    expect(() => checked.accepts("b", withoutProgram, anEvent(), "weekend")).toThrow(
      'Pool "b" is not among the pools checked',
    );
  });

  test("pools that share pools cost one question each", () => {
    const layers = Array.from({ length: 40 }, (_, layer) => [
      `p${layer}`,
      [{ type: "pooland", pool1: `p${layer + 1}`, pool2: `p${layer + 1}` }],
    ]);
    const pools = poolsOf({ ...Object.fromEntries(layers), p40: [{ type: "currenteventjoin" }] });
    const checked = checkPools(pools, ["p0"]);
    expect(checked.accepts("p0", withProgram({ join: true }), anEvent(), "weekend")).toBe(true);
    expect(checked.accepts("p0", withoutProgram, anEvent(), "weekend")).toBe(false);
  });
});

describe("an explanation", () => {
  const explained = (attributes: PoolAttribute[], person: Participant, event: EventRecord = anEvent()) => {
    const checked = checkPools(poolsOf({ asked: attributes, ...others }), ["asked"]);
    return checked.explain("asked", person, event, "weekend");
  };

  test.each(Object.entries(cases))("%s: it says what the pool says", (_, [attribute, accepted, refused, event]) => {
    for (const person of [...accepted, ...refused]) {
      const { accepts: whole, attributes } = explained([attribute], person, event);
      expect(whole).toBe(accepts([attribute], person, event));
      expect(attributes).toMatchObject([{ attribute, accepts: whole }]);
    }
  });

  test("it says which attribute accepted, and what the pools say that it refers to", () => {
    const member = { type: "pooldiff", inpool: "yes", outpool: "adults" };
    const adult = aParticipant({ practice: { adult: true } });
    expect(explained([member, { type: "currenteventjoin" }], adult)).toEqual({
      pool: "asked",
      accepts: false,
      attributes: [
        {
          attribute: member,
          accepts: false,
          pools: [
            { pool: "yes", accepts: true, attributes: [{ attribute: { type: "true" }, accepts: true, pools: [] }] },
            {
              pool: "adults",
              accepts: true,
              attributes: [{ attribute: { type: "practice", field: "adult" }, accepts: true, pools: [] }],
            },
          ],
        },
        { attribute: { type: "currenteventjoin" }, accepts: false, pools: [] },
      ],
    });
    expect(explained([], adult)).toEqual({ pool: "asked", accepts: false, attributes: [] });
  });

  test("where a retreat has no configuration row it has the sentence with which the pool fails", () => {
    const event = anEvent({ config: { offeringPresentation: "installments" } });
    const due = { type: "currenteventbalancedue" };
    const person = withProgram(r1);
    const problem = 'Event E2026: retreat "r1" was selected but has no row in config.whichRetreatsConfig.';
    expect(() => accepts([due], person, event)).toThrow(problem);
    expect(explained([due], person, event)).toMatchObject({ accepts: false, problem, attributes: [{ problem }] });
    // An attribute before it decides.
    const decided = explained([{ type: "true" }, due], person, event);
    expect(decided).toMatchObject({ accepts: true, attributes: [{ accepts: true }, { problem }] });
    expect(decided.problem).toBeUndefined();
  });
});
