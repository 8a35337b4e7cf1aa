import type { Aws } from "./aws.ts";
import { type DeliveriesAcross, deliveriesAcross } from "./deliveriesAcross.ts";
import { claimAll, type DeliveryClaims, settleOutcomes } from "./deliveryClaims.ts";
import { type DeliveryLists, deliveryLists } from "./deliveryLists.ts";
import { type Abandoned, type DeliveryReads, deliveryReads } from "./deliveryReads.ts";
import { type DeliveryResolutions, deliveryResolutions } from "./deliveryResolutions.ts";
import { type Outcome, settleClaim, settleDeferred } from "./deliveryStatements.ts";

/**
 * The delivery ledger. `partition` is the partition key without `#<shard>`: the mailing key, or for Test
 * `<mailing key>~<runId>`. Claims and outcomes go in batches of up to 25 independent conditional writes
 * (`BatchExecuteStatement`), each with its own result.
 */
export interface Deliveries
  extends DeliveryReads,
    DeliveryLists,
    DeliveryClaims,
    DeliveryResolutions,
    DeliveriesAcross {
  /**
   * Deliveries still `sending` become `in-doubt` (attention set, `endedAt`), conditional on `claimId` and status. `of` chooses:
   * those of other runs than `notRunId`, those of the given participants, or all. Returns how many.
   */
  settleAbandoned(partition: string, of: Abandoned, at: string, signal?: AbortSignal): Promise<number>;
}

/** The ledger in table `DELIVERIES_TABLE` (key `pk`, `participantId`). All reads but those of an index are consistent. */
export function deliveries(aws: Aws, config: { DELIVERIES_TABLE: string }): Deliveries {
  const table = config.DELIVERIES_TABLE;
  const { sending, ...reads } = deliveryReads(aws, table);
  const settle = (partition: string, outcomes: readonly Outcome[]) =>
    settleOutcomes(aws, table, reads.getMany, partition, outcomes, settleClaim);
  return {
    ...reads,
    ...deliveryLists(aws, table, reads.getMany),
    ...deliveryResolutions(aws, table, reads.getMany),
    ...deliveriesAcross(aws, table),
    claim: (partition, claims, rule) => claimAll(aws, table, reads.getMany, partition, claims, rule),
    settle,
    settleDeferred: (partition, outcomes) =>
      settleOutcomes(aws, table, reads.getMany, partition, outcomes, settleDeferred),
    settleAbandoned: async (partition, of, at, signal) => {
      let settled = 0;
      for await (const held of sending(partition, of, signal)) {
        const inDoubt = held.map((claim) => ({ ...claim, status: "in-doubt" as const, endedAt: at }));
        settled += (await settle(partition, inDoubt)).filter(Boolean).length;
      }
      return settled;
    },
  };
}
