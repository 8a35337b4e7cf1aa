import type { Language, Stage } from "../configItems.ts";
import type { EventRecord } from "../event.ts";
import { isSameAddress, mailAddress } from "./address.ts";
import { suitsLanguage } from "./language.ts";
import { hasBooking } from "./offering.ts";
import type { Participant } from "./participant.ts";
import type { CheckedPools } from "./pool.ts";

/** Why a person is skipped, in the order of the checks. The first that applies is the reason. */
export const skipReasons = [
  "already-received",
  "forgotten",
  "invalid-record",
  "unsubscribed",
  "no-address",
  "suppressed",
  "language",
  "event-pool",
  "stage-pool",
  "failed-before",
] as const;
export type SkipReason = (typeof skipReasons)[number];

/** What is the same for every participant of one mailing in one language. */
export interface Mailing {
  readonly mailingKey: string;
  readonly event: EventRecord;
  readonly subEvent: string;
  readonly stage: Stage;
  readonly language: Language;
  readonly pools: CheckedPools;
}

/** What the ledger knows about one participant of the mailing. */
export interface LedgerAnswer {
  readonly reached: boolean;
  readonly failedPermanently: boolean;
}

export type PassKind = "user-started" | "wake-up";

export type SkipReasonOf = (
  mailing: Mailing,
  participant: Participant,
  ledger: LedgerAnswer,
  pass: PassKind,
) => SkipReason | undefined;

/**
 * Why this participant is not mailed, undefined if they are. One implementation for Count, Dry-Run and Send: the first
 * check that hits is the reason. Throws ConfigurationError where a pool meets a retreat without configuration row.
 */
export const skipReason: SkipReasonOf = (mailing, participant, ledger, pass) => {
  const { event, subEvent, stage, pools } = mailing;
  const accepts = (pool: string) => pools.accepts(pool, participant, event, subEvent);

  if (ledger.reached || hasReceived(participant, mailing.mailingKey)) return "already-received";
  const unreachable = notMailable(participant, mailing);
  if (unreachable) return unreachable;
  if (!suitsLanguage(mailing.language, participant)) return "language";
  // An event without a pool accepts no one: forgetting the pool must not mail everyone.
  if (!event.config.pool || !accepts(event.config.pool)) return "event-pool";
  if (!stage.pools.every(accepts)) return "stage-pool";
  if (ledger.failedPermanently && pass === "wake-up") return "failed-before";
  return undefined;
};

/**
 * What forbids this mail whatever languages and pools say: checked when planning and again just before each message.
 * Service mail reaches an unsubscribed person who has a booking in the event.
 */
export function notMailable(
  participant: Participant,
  { event, stage }: Pick<Mailing, "event" | "stage">,
): Extract<SkipReason, "forgotten" | "invalid-record" | "unsubscribed" | "no-address" | "suppressed"> | undefined {
  if (participant.forgotten) return "forgotten";
  // The broken field may be the very one that forbids the mail.
  if (participant.invalidRecord) return "invalid-record";
  if (participant.unsubscribe && !(stage.serviceMail && hasBooking(participant, event.aid))) return "unsubscribed";
  if (mailAddress(participant.email) === undefined) return "no-address";
  // A suppression belongs to an address: a corrected address is tried again.
  if (participant.suppression && isSameAddress(participant.suppression.address, participant.email)) return "suppressed";
  return undefined;
}

function hasReceived(participant: Participant, mailingKey: string): boolean {
  return participant.emails != null && Object.hasOwn(participant.emails, mailingKey);
}
