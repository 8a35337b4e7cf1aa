import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aLanguage, anEvent, aParticipant, aPool, aStage } from "../../../testing/builders.ts";
import type { Participant } from "./participant.ts";
import { checkPools } from "./pool.ts";
import {
  type LedgerAnswer,
  type Mailing,
  notMailable,
  type SkipReason,
  skipReason,
  skipReasons,
} from "./recipientFilter.ts";

const pools = new Map(
  [
    aPool(),
    aPool({ name: "joined", attributes: [{ type: "currenteventjoin" }] }),
    aPool({ name: "accepted", attributes: [{ type: "currenteventaccepted" }] }),
    aPool({ name: "no-one", attributes: [] }),
  ].map((pool) => [pool.name, pool]),
);
const checked = checkPools(pools, [...pools.keys()]);

const mailing = (fields: Partial<Mailing> = {}): Mailing => ({
  mailingKey: "E2026_weekend_reg_EN",
  event: anEvent(),
  subEvent: "weekend",
  stage: aStage(),
  language: aLanguage("EN"),
  pools: checked,
  ...fields,
});
const unknown: LedgerAnswer = { reached: false, failedPermanently: false };

describe("acceptance 11: who is skipped, and why", () => {
  test("a person who passes every check is mailed", () => {
    expect(skipReason(mailing(), aParticipant(), unknown, "user-started")).toBeUndefined();
  });

  test("English for everybody, any other language for its readers", () => {
    const readers = ["Spanish", "spanish ", "French", undefined].map((writtenLangPref) =>
      aParticipant({ writtenLangPref }),
    );
    const reasons = (code: string) =>
      readers.map((reader) => skipReason(mailing({ language: aLanguage(code) }), reader, unknown, "user-started"));
    expect(reasons("EN")).toEqual([undefined, undefined, undefined, undefined]);
    expect(reasons("SP")).toEqual([undefined, undefined, "language", "language"]);
  });

  test("null, at any depth, is as good as absent, as registration applications write it for what they do not know", () => {
    const program = {
      ...{ join: null, withdrawn: null, whichRetreats: { r1: null }, limitFee: null, test: null },
      offeringHistory: {
        weekend: null,
        autumn: { offeringSKU: null, installments: { a: null, b: { offeringAmount: null } } },
      },
    };
    const nulls = { country: null, practice: { daily: null }, programs: { E2026: program, E2025: null }, emails: null };
    const everyType = ["practice", "offering", "joinwhich", "offeringwhich", "notjoin", "currenteventbalancedue"];
    const attributes = everyType.map((type) => ({
      ...{ type, field: "daily", aid: "E2025", subevent: "any", retreat: "r", name: "everyone" },
    }));
    const asked = checkPools(new Map([["all", aPool({ name: "all", attributes })]]), ["all"]);
    const event = anEvent({ config: { pool: "all", offeringPresentation: "installments" } });
    for (const fields of [nulls, { programs: null, practice: null }]) {
      const person = aParticipant(fields as object);
      expect(skipReason(mailing({ event, pools: asked }), person, unknown, "user-started")).toBeUndefined();
    }
  });

  test.each<[string, Partial<Participant>, SkipReason]>([
    ["unsubscribed", { unsubscribe: true }, "unsubscribed"],
    ["without address", { email: undefined }, "no-address"],
    ["with a blank address", { email: "  " }, "no-address"],
    ["with half an address", { email: "ana@" }, "no-address"],
    [
      "suppressed, in other case",
      {
        email: "Ana@Example.org",
        suppression: { address: "ana@example.ORG", code: "5.1.1", at: "2026-01-01T00:00:00.000Z" },
      },
      "suppressed",
    ],
    ["who received the mailing elsewhere", { emails: { E2026_weekend_reg_EN: "2026-01-01" } }, "already-received"],
  ])("a person %s", (_, fields, reason) => {
    expect(skipReason(mailing(), aParticipant(fields as object), unknown, "user-started")).toBe(reason);
  });

  test("a suppression of an address since corrected, and other mailings received, forbid nothing", () => {
    const corrected = aParticipant({
      suppression: { address: "old@example.org", code: "5.1.1", at: "2026-01-01T00:00:00.000Z" },
      emails: { E2026_weekend_reg_SP: "x", E2026_weekend_reg_2_EN: "x" },
    });
    expect(skipReason(mailing(), corrected, unknown, "user-started")).toBeUndefined();
  });

  test("an event without pool, or with a blank one, accepts no one; all pools of a stage must accept", () => {
    const reason = (event: Mailing["event"], stagePools: string[], person = aParticipant()) =>
      skipReason(mailing({ event, stage: aStage({ pools: stagePools }) }), person, unknown, "user-started");
    expect(reason(anEvent({ config: { pool: undefined } }), [])).toBe("event-pool");
    expect(reason(anEvent({ config: { pool: "" } }), [])).toBe("event-pool");
    expect(reason(anEvent({ config: { pool: "no-one" } }), [])).toBe("event-pool");
    const joined = aParticipant({ programs: { E2026: { join: true } } });
    expect(reason(anEvent(), ["joined"], joined)).toBeUndefined();
    expect(reason(anEvent(), ["joined", "accepted"], joined)).toBe("stage-pool");
  });

  test("a person who failed permanently is left out by wake-ups only", () => {
    const failed = { reached: false, failedPermanently: true };
    expect(skipReason(mailing(), aParticipant(), failed, "wake-up")).toBe("failed-before");
    expect(skipReason(mailing(), aParticipant(), failed, "user-started")).toBeUndefined();
  });
});

describe("acceptance 103: an unsubscribed member with a booking gets service mail and nothing else", () => {
  const service = mailing({ stage: aStage({ name: "confirmation", serviceMail: true }) });
  const paid = { weekend: { installments: { first: { offeringAmount: 10 } } } };
  const refunded = { weekend: { installments: { refunded: { offeringAmount: 10 } } } };

  test.each<[string, NonNullable<Participant["programs"]>, boolean]>([
    ["joined", { E2026: { join: true } }, true],
    ["booked a part of the event", { E2026: { offeringHistory: { autumn: { offeringSKU: "a" } } } }, true],
    ["paid", { E2026: { offeringHistory: paid } }, true],
    ["joined and withdrew", { E2026: { join: true, withdrawn: true } }, false],
    ["paid and withdrew", { E2026: { offeringHistory: paid, withdrawn: true } }, false],
    ["got the money back", { E2026: { offeringHistory: refunded } }, false],
    ["is only accepted", { E2026: { accepted: true } }, false],
    ["booked another event", { F2026: { join: true } }, false],
    ["has no relation to any event", {}, false],
  ])("a person who %s", (_, programs, isMailed) => {
    const person = aParticipant({ unsubscribe: true, programs });
    expect(skipReason(service, person, unknown, "user-started")).toBe(isMailed ? undefined : "unsubscribed");
    expect(skipReason(mailing(), person, unknown, "user-started")).toBe("unsubscribed");
    // The check just before the message says the same.
    expect(notMailable(person, service)).toBe(isMailed ? undefined : "unsubscribed");
    expect(notMailable(person, mailing())).toBe("unsubscribed");
  });

  test("service mail breaks no other rule", () => {
    const booked = { unsubscribe: true, programs: { E2026: { join: true } } };
    const at = "2026-01-01T00:00:00.000Z";
    const reason = (fields: object, of = service) =>
      skipReason(of, aParticipant({ ...booked, ...fields }), unknown, "user-started");
    expect(reason({ email: "" })).toBe("no-address");
    expect(reason({ email: "a@example.org", suppression: { address: "a@example.org", code: "5.1.1", at } })).toBe(
      "suppressed",
    );
    expect(reason({ forgotten: at })).toBe("forgotten");
    expect(reason({}, { ...service, language: aLanguage("SP") })).toBe("language");
    expect(reason({}, { ...service, event: anEvent({ config: { pool: "no-one" } }) })).toBe("event-pool");
    expect(reason({}, { ...service, stage: { ...service.stage, pools: ["accepted"] } })).toBe("stage-pool");
  });
});

test("the first check that hits is the reason, whatever else is wrong", () => {
  const spoil: Record<SkipReason, (all: Everything) => void> = {
    "already-received": (all) => (all.ledger.reached = true),
    forgotten: (all) => (all.person.forgotten = "2026-01-01T00:00:00.000Z"),
    "invalid-record": (all) => (all.isBroken = true),
    unsubscribed: (all) => (all.person.unsubscribe = true),
    "no-address": (all) => (all.person.email = ""),
    suppressed: (all) => (all.suppressed = true),
    language: (all) => (all.language = "SP"),
    "event-pool": (all) => (all.eventPool = "no-one"),
    "stage-pool": (all) => (all.stagePools = ["no-one"]),
    "failed-before": (all) => (all.ledger.failedPermanently = true),
  };
  fc.assert(
    fc.property(fc.subarray([...skipReasons]), (wrong) => {
      const all: Everything = {
        person: { email: "ana@example.org", unsubscribe: false },
        ledger: { reached: false, failedPermanently: false },
        suppressed: false,
        isBroken: false,
        language: "EN",
        eventPool: "everyone",
        stagePools: [],
      };
      for (const reason of wrong) spoil[reason](all);
      const { email } = all.person;
      const suppression = all.suppressed
        ? { address: email, code: "5.1.1", at: "2026-01-01T00:00:00.000Z" }
        : undefined;
      const asked = mailing({
        language: aLanguage(all.language),
        event: anEvent({ config: { pool: all.eventPool } }),
        stage: aStage({ pools: all.stagePools }),
      });
      const person = {
        ...aParticipant({ ...all.person, suppression }),
        ...(all.isBroken && { invalidRecord: { field: "programs", problem: "expected record, received string" } }),
      };
      expect(skipReason(asked, person, all.ledger, "wake-up")).toBe(
        skipReasons.find((reason) => wrong.includes(reason)),
      );
    }),
  );
});

interface Everything {
  person: { email: string; unsubscribe: boolean; forgotten?: string };
  ledger: { reached: boolean; failedPermanently: boolean };
  isBroken: boolean;
  suppressed: boolean;
  language: string;
  eventPool: string;
  stagePools: string[];
}
