import type { Delivery } from "../domain/delivery.ts";

/** Everything a claim records (DOMAIN 2.3); `attempt` is the number of SMTP attempts including this one. */
export type Claim = Pick<
  Delivery,
  | "participantId"
  | "runId"
  | "claimId"
  | "attempt"
  | "contentHash"
  | "workOrderId"
  | "account"
  | "language"
  | "name"
  | "email"
  | "messageId"
  | "sendingAt"
>;

/** Which deliveries a claim may take over besides an absent one. */
export interface ClaimRule {
  readonly runId: string;
  /** ISO time now: a deferred one of this run must be due; a deferred one of another run always may. */
  readonly now: string;
  /** Failed with permanent false may always be retried by a *later* run; permanent true only by a run a user started. */
  readonly userStarted: boolean;
}

export type ClaimAnswer = "claimed" | "refused";

/** The outcome a claim ends with. */
export type Outcome = Pick<Delivery, "participantId"> & {
  readonly claimId: string;
  readonly status: "sent" | "failed" | "in-doubt" | "deferred";
  readonly endedAt: string;
  readonly messageId?: string;
  readonly smtpResponse?: string;
  readonly smtpCode?: number;
  readonly permanent?: boolean;
  readonly nextAttemptAt?: string;
};

export interface DeliveryCounts {
  readonly sending: number;
  readonly sent: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly deferred: number;
}

/** What the recipient filter needs to know of one mailing: a compact set of hashed participant ids, no names, no addresses. */
export interface ReachedSet {
  /** sent, sending or in-doubt. */
  has(participantId: string): boolean;
  /** failed with permanent true. */
  failedPermanently(participantId: string): boolean;
  readonly size: number;
}

/**
 * The delivery ledger. `partition` is the partition key without `#<shard>`: the mailing key, or for Test
 * `<mailing key>~<runId>`. Claims and outcomes go in batches of up to 25 independent conditional writes
 * (`BatchExecuteStatement`), each with its own answer.
 */
export interface Deliveries {
  /** One answer per claim, in order. A refused claim affects no other. Throttled statements are tried again. */
  claim(partition: string, claims: readonly Claim[], rule: ClaimRule): Promise<ClaimAnswer[]>;
  /** Settles outcomes, each conditional on its `claimId`; replaces in-doubt (DOMAIN 3.7). One boolean per outcome: false if somebody else holds it now. */
  settle(partition: string, outcomes: readonly Outcome[]): Promise<boolean[]>;
  get(partition: string, participantId: string): Promise<Delivery | undefined>;
  getMany(partition: string, participantIds: readonly string[]): Promise<Map<string, Delivery>>;
  /** One pass over the 16 shards with projection. */
  reached(partition: string, signal?: AbortSignal): Promise<ReachedSet>;
  count(partition: string, signal?: AbortSignal): Promise<DeliveryCounts>;
  /** Every delivery of the partition, page by page, all shards. */
  all(partition: string, signal?: AbortSignal): AsyncIterable<Delivery[]>;
  /**
   * Deliveries still `sending` become `in-doubt` (attention set, `endedAt`), conditional on `claimId` and status. `of` chooses:
   * those of other runs than `notRunId`, those of the given participants, or all. Answers how many.
   */
  settleAbandoned(
    partition: string,
    of: { notRunId: string } | { participantIds: readonly string[] } | "all",
    at: string,
    signal?: AbortSignal,
  ): Promise<number>;
}
