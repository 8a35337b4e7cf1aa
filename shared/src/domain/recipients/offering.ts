import { ConfigurationError } from "../configurationError.ts";
import type { EventRecord, RetreatConfig } from "../event.ts";
import type { Participant, Program } from "./participant.ts";

/** The key under `installments` that sums up what was paid back; it is no payment. */
const refundedKey = "refunded";

const installmentPresentations = ["installments", "installmentstotalormore"];

type Offering = NonNullable<Program["offeringHistory"]>[string];

/** The participant's relation to an event; undefined without any program record. */
export function programOf(participant: Participant, eventCode: string): Program | undefined {
  const programs = participant.programs;
  return programs && Object.hasOwn(programs, eventCode) ? (programs[eventCode] ?? undefined) : undefined;
}

/** A person is active in an event unless withdrawn from it. */
export function isActive(program: Program | undefined): boolean {
  return program !== undefined && program.withdrawn !== true;
}

/**
 * A booking in an event: active in it, and joined or with offering activity in any of its sub-events, as the pool types
 * `join` and `offering` understand these words.
 */
export function hasBooking(participant: Participant, eventCode: string): boolean {
  const program = programOf(participant, eventCode);
  return isActive(program) && (program?.join === true || hasOfferingActivity(participant, eventCode, "any"));
}

/** True for an event whose offerings are paid in instalments. */
export function isInstallmentEvent(event: EventRecord): boolean {
  return installmentPresentations.includes(event.config.offeringPresentation ?? "");
}

/**
 * Keys of `whichRetreats` that are true, sorted. With `limitFee` and an `offeringLimitFeeCount` N below their number,
 * the first N: these alone are charged.
 */
export function selectedRetreats(participant: Participant, event: Pick<EventRecord, "aid" | "config">): string[] {
  const program = programOf(participant, event.aid);
  const selected = Object.entries(program?.whichRetreats ?? {})
    .filter(([, chosen]) => chosen)
    .map(([key]) => key)
    .sort();
  const limit = event.config.offeringLimitFeeCount;
  return program?.limitFee && limit != null ? selected.slice(0, limit) : selected;
}

/** What the participant paid in all sub-events of the event, in cents; refunds are excluded. */
export function paidCents(participant: Participant, event: EventRecord): number {
  const inCents = event.config.reglinkv2 === true;
  const offerings = Object.values(programOf(participant, event.aid)?.offeringHistory ?? {});
  return offerings
    .flatMap(paidAmounts)
    .reduce((sum, amount) => sum + (inCents ? Math.round(amount) : toCents(amount)), 0);
}

/**
 * Net price of the selected retreats, Σ max(0, offeringTotal − offeringCashTotal), in cents.
 * Throws ConfigurationError naming a selected retreat without configuration row.
 */
export function netTotalCents(participant: Participant, event: EventRecord): number {
  return sumOfRetreats(
    participant,
    event,
    (retreat) => (retreat.offeringTotal ?? 0) - (retreat.offeringCashTotal ?? 0),
  );
}

/**
 * Σ max(0, offeringMinimum) of the selected retreats, in cents.
 * Throws ConfigurationError naming a selected retreat without configuration row.
 */
export function minimumCents(participant: Participant, event: EventRecord): number {
  return sumOfRetreats(participant, event, (retreat) => retreat.offeringMinimum ?? 0);
}

/** Net price of the selected retreats less what was paid, in cents; below zero when more was paid. Errors as netTotalCents. */
export function balanceCents(participant: Participant, event: EventRecord): number {
  return netTotalCents(participant, event) - paidCents(participant, event);
}

/** True if the payments cover the net price of the selected retreats. Errors as netTotalCents. */
export function paidInFull(participant: Participant, event: EventRecord): boolean {
  return balanceCents(participant, event) <= 0;
}

/**
 * Offering activity: a non-blank `offeringSKU`, or an instalment above zero, in the given sub-event of the event or in
 * any. The `refunded` entry and lines with `offeringRefund` never count.
 */
export function hasOfferingActivity(participant: Participant, eventCode: string, subEvent: string | "any"): boolean {
  return hasOfferingIn(participant, eventCode, (name) => subEvent === "any" || name === subEvent);
}

/** Offering activity in a sub-event whose name the predicate accepts. */
export function hasOfferingIn(
  participant: Participant,
  eventCode: string,
  accepts: (subEvent: string) => boolean,
): boolean {
  const history = programOf(participant, eventCode)?.offeringHistory ?? {};
  return Object.entries(history).some(
    ([name, offering]) =>
      accepts(name) && (isNotBlank(offering?.offeringSKU) || paidAmounts(offering).some(isPositive)),
  );
}

function paidAmounts(offering: Offering): number[] {
  return Object.entries(offering?.installments ?? {})
    .filter(([key, line]) => key !== refundedKey && !line?.offeringRefund)
    .map(([, line]) => line?.offeringAmount ?? 0);
}

function sumOfRetreats(
  participant: Participant,
  event: EventRecord,
  price: (retreat: RetreatConfig) => number,
): number {
  const rows = event.config.whichRetreatsConfig ?? {};
  return selectedRetreats(participant, event).reduce((sum, key) => {
    const row = Object.hasOwn(rows, key) ? rows[key] : undefined;
    if (!row) {
      throw new ConfigurationError(
        `Event ${event.aid}: retreat "${key}" was selected but has no row in config.whichRetreatsConfig.`,
      );
    }
    return sum + Math.max(0, toCents(price(row)));
  }, 0);
}

/** Currency units with two decimals are not exact in binary; cents are. */
function toCents(currencyUnits: number): number {
  return Math.round(currencyUnits * 100);
}

function isNotBlank(text: string | null | undefined): boolean {
  return typeof text === "string" && text.trim() !== "";
}

function isPositive(amount: number): boolean {
  return amount > 0;
}
