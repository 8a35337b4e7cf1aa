import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anEvent, aParticipant } from "../../../testing/builders.ts";
import {
  balanceCents,
  hasOfferingActivity,
  isInstallmentEvent,
  paidCents,
  paidInFull,
  selectedRetreats,
} from "./offering.ts";
import type { Program } from "./participant.ts";

const person = (program: Program) => aParticipant({ programs: { E2026: program } });
const lines = (
  installments: NonNullable<NonNullable<Program["offeringHistory"]>[string]>["installments"],
  subEvent = "weekend",
) => person({ offeringHistory: { [subEvent]: { installments } } });

const priced = anEvent({
  config: {
    whichRetreatsConfig: {
      r1: { offeringTotal: 300.1, offeringCashTotal: 100 },
      r2: { offeringTotal: 50, offeringCashTotal: 80 },
      r3: { offeringTotal: 19.99 },
    },
  },
});

describe("offering activity", () => {
  const active = (installments: Parameters<typeof lines>[0]) =>
    hasOfferingActivity(lines(installments), "E2026", "weekend");

  test("a non-blank SKU or an instalment above zero", () => {
    expect(
      hasOfferingActivity(person({ offeringHistory: { weekend: { offeringSKU: "A" } } }), "E2026", "weekend"),
    ).toBe(true);
    expect(
      hasOfferingActivity(person({ offeringHistory: { weekend: { offeringSKU: "  " } } }), "E2026", "weekend"),
    ).toBe(false);
    expect(active({ a: { offeringAmount: 0.01 } })).toBe(true);
    expect(active({ a: { offeringAmount: 0 }, b: {} })).toBe(false);
  });

  test("the refunded entry and refunded lines never count", () => {
    expect(active({ refunded: { offeringAmount: 100 } })).toBe(false);
    expect(active({ a: { offeringAmount: 100, offeringRefund: true } })).toBe(false);
    expect(active({ a: { offeringAmount: 100, offeringRefund: 100 } })).toBe(false);
    expect(active({ a: { offeringAmount: 100, offeringRefund: false } })).toBe(true);
    expect(active({ a: { offeringAmount: 100, offeringRefund: true }, b: { offeringAmount: 5 } })).toBe(true);
  });

  test("in the sub-event asked for, or in any", () => {
    const booked = lines({ a: { offeringAmount: 5 } }, "monday");
    expect(hasOfferingActivity(booked, "E2026", "weekend")).toBe(false);
    expect(hasOfferingActivity(booked, "E2026", "any")).toBe(true);
    expect(hasOfferingActivity(booked, "E1", "any")).toBe(false);
    expect(hasOfferingActivity(aParticipant(), "E2026", "any")).toBe(false);
  });
});

describe("selected retreats", () => {
  test("those that are true, by key; limited by the fee count only with limitFee", () => {
    const chosen = { r3: true, r1: true, r2: false, r10: true };
    const limited = anEvent({ config: { offeringLimitFeeCount: 2 } });
    expect(selectedRetreats(person({ whichRetreats: chosen }), limited)).toEqual(["r1", "r10", "r3"]);
    expect(selectedRetreats(person({ whichRetreats: chosen, limitFee: true }), limited)).toEqual(["r1", "r10"]);
    expect(selectedRetreats(person({ whichRetreats: chosen, limitFee: true }), anEvent())).toEqual(["r1", "r10", "r3"]);
    expect(selectedRetreats(aParticipant(), limited)).toEqual([]);
  });
});

describe("paid and due", () => {
  test("instalments of all sub-events, refunds excluded, in cents", () => {
    const payer = person({
      offeringHistory: {
        weekend: { installments: { a: { offeringAmount: 10.1 }, refunded: { offeringAmount: 10.1 } } },
        monday: { installments: { b: { offeringAmount: 0.2 }, c: { offeringAmount: 99, offeringRefund: true } } },
      },
    });
    expect(paidCents(payer, anEvent())).toBe(1030);
    expect(paidCents(lines({ a: { offeringAmount: 1030 } }), anEvent({ config: { reglinkv2: true } }))).toBe(1030);
  });

  test("balance: net prices, none below zero, less what was paid", () => {
    const all = { r1: true, r2: true, r3: true };
    expect(balanceCents(person({ whichRetreats: all }), priced)).toBe(20010 + 0 + 1999);
    const payer = person({
      whichRetreats: { r3: true },
      offeringHistory: { weekend: { installments: { a: { offeringAmount: 19.99 } } } },
    });
    expect(balanceCents(payer, priced)).toBe(0);
    expect(paidInFull(payer, priced)).toBe(true);
    expect(paidInFull(person({ whichRetreats: { r3: true } }), priced)).toBe(false);
  });

  test("a selected retreat without configuration row is an error naming it", () => {
    expect(() => balanceCents(person({ whichRetreats: { r1: true, lost: true } }), priced)).toThrow(/E2026.*"lost"/);
    expect(() => balanceCents(person({ whichRetreats: { toString: true } }), priced)).toThrow('"toString"');
  });

  test("cents are exact however many instalments", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 40 }), (cents) => {
        const installments = Object.fromEntries(
          cents.map((amount, index) => [`i${index}`, { offeringAmount: amount / 100 }]),
        );
        expect(paidCents(lines(installments), anEvent())).toBe(cents.reduce((sum, amount) => sum + amount, 0));
      }),
    );
  });

  test("instalment events by their presentation", () => {
    const presented = (offeringPresentation: string) =>
      isInstallmentEvent(anEvent({ config: { offeringPresentation } }));
    expect(["installments", "installmentstotalormore", "total", ""].map(presented)).toEqual([true, true, false, false]);
  });
});
