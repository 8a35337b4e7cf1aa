import type { Language, Stage } from "./configItems.ts";
import type { EventRecord } from "./event.ts";
import type { Participant } from "./participant.ts";
import type { CheckedPools } from "./pool.ts";

/** Why somebody is not mailed, in the order of the checks (DOMAIN 5.0). The first that hits is the reason. */
export const skipReasons = [
  "already-received",
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
