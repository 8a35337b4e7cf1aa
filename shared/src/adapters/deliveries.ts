import type { Delivery } from "../domain/delivery/delivery.ts";
import type { Aws } from "./aws.ts";
import { claimAll, settleOutcomes } from "./deliveryClaims.ts";
import { type DeliveryLists, deliveryLists } from "./deliveryLists.ts";
import { deliveryReads } from "./deliveryReads.ts";

/** Everything a claim records; `attempt` is the number of SMTP attempts including this one. */
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
> & {
  /**
   * What the caller knows: true if there is a delivery already (a retry), false if there is none. A right guess makes
   * the claim one write; a wrong one costs another and changes nothing else. Default: `attempt` is above 1.
   */
  readonly hasDelivery?: boolean;
};

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

/** Where a delivery stands, without whose it is. */
type Standing = Pick<
  Delivery,
  "participantId" | "runId" | "claimId" | "status" | "permanent" | "endedAt" | "nextAttemptAt"
>;

export interface DeliveryCounts {
  readonly sending: number;
  readonly sent: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly deferred: number;
}

/** Which sending deliveries nobody holds any more. */
export type Abandoned = { readonly notRunId: string } | { readonly participantIds: readonly string[] } | "all";

/** What the recipient filter needs to know of one mailing: a compact set of hashed participant ids, no names, no addresses. */
export interface ReachedSet {
  /** sent, sending or in-doubt. */
  has(participantId: string): boolean;
  /** failed with permanent true. */
  failedPermanently(participantId: string): boolean;
  /** failed, for good or not. */
  failed(participantId: string): boolean;
  /** How many are sent, sending or in-doubt. */
  readonly size: number;
  /** How many of them are in doubt. */
  readonly inDoubt: number;
}

/**
 * The delivery ledger. `partition` is the partition key without `#<shard>`: the mailing key, or for Test
 * `<mailing key>~<runId>`. Claims and outcomes go in batches of up to 25 independent conditional writes
 * (`BatchExecuteStatement`), each with its own answer.
 */
export interface Deliveries extends DeliveryLists {
  /**
   * One answer per claim, in order; a second claim on one participant in the same call is refused. A refused claim
   * affects no other. Throttled statements are tried again, and a claim whose answer was lost on the way is recognised
   * by its claimId. After a throw some may stand nevertheless: settle them as deferred.
   */
  claim(partition: string, claims: readonly Claim[], rule: ClaimRule): Promise<ClaimAnswer[]>;
  /**
   * Settles outcomes, each conditional on its `claimId`; an outcome replaces `sending` and `in-doubt`, in-doubt replaces
   * `sending` only. One boolean per outcome: false if the delivery does not hold it (somebody else's claim, or an
   * earlier answer). Repeating a call is harmless.
   */
  settle(partition: string, outcomes: readonly Outcome[]): Promise<boolean[]>;
  get(partition: string, participantId: string): Promise<Delivery | undefined>;
  getMany(partition: string, participantIds: readonly string[]): Promise<Map<string, Delivery>>;
  /** True if any of the partitions has a delivery to this participant. An id that no key can hold is on none. */
  isOnAny(partitions: readonly string[], participantId: string): Promise<boolean>;
  /** One pass over the 16 shards with projection. */
  reached(partition: string, signal?: AbortSignal): Promise<ReachedSet>;
  count(partition: string, signal?: AbortSignal): Promise<DeliveryCounts>;
  /** Where every delivery of the partition stands, page by page, all shards, with projection. */
  standings(partition: string, signal?: AbortSignal): AsyncIterable<Standing[]>;
  /** Every delivery of the partition, page by page, all shards. */
  all(partition: string, signal?: AbortSignal): AsyncIterable<Delivery[]>;
  /**
   * Deliveries still `sending` become `in-doubt` (attention set, `endedAt`), conditional on `claimId` and status. `of` chooses:
   * those of other runs than `notRunId`, those of the given participants, or all. Answers how many.
   */
  settleAbandoned(partition: string, of: Abandoned, at: string, signal?: AbortSignal): Promise<number>;
}

/** The ledger in table `DELIVERIES_TABLE` (key `pk`, `participantId`). All reads but those of an index are consistent. */
export function deliveries(aws: Aws, config: { DELIVERIES_TABLE: string }): Deliveries {
  const table = config.DELIVERIES_TABLE;
  const reads = deliveryReads(aws, table);
  const settle = (partition: string, outcomes: readonly Outcome[]) =>
    settleOutcomes(aws, table, reads.getMany, partition, outcomes);
  return {
    ...reads,
    ...deliveryLists(aws, table, reads.getMany),
    claim: (partition, claims, rule) => claimAll(aws, table, reads.getMany, partition, claims, rule),
    settle,
    settleAbandoned: async (partition, of, at, signal) => {
      let settled = 0;
      for await (const held of reads.sending(partition, of, signal)) {
        const inDoubt = held.map((claim) => ({ ...claim, status: "in-doubt" as const, endedAt: at }));
        settled += (await settle(partition, inDoubt)).filter(Boolean).length;
      }
      return settled;
    },
  };
}
