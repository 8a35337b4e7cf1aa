import type { Delivery } from "../domain/delivery/delivery.ts";
import { AppError } from "../kit/errors.ts";
import type { Aws } from "./aws.ts";
import type { DeliveryReads } from "./deliveryReads.ts";
import {
  type Claim,
  type ClaimRule,
  insertClaim,
  type Outcome,
  type settleClaim,
  takeOverClaim,
} from "./deliveryStatements.ts";
import { executeStatements, type StatementResult } from "./statementBatches.ts";

type GetMany = DeliveryReads["getMany"];

export type ClaimResult = "claimed" | "refused";

/** The writes of the ledger: each is a conditional write, and a claim comes before any mail (an idempotency key per person). */
export interface DeliveryClaims {
  /**
   * One result per claim, in order; a second claim on one participant in the same call is refused. A refused claim
   * affects no other. Throttled statements are tried again, and a claim whose response was lost on the way is recognised
   * by its claimId. After a throw some may be written nevertheless: settle them as deferred.
   */
  claim(partition: string, claims: readonly Claim[], rule: ClaimRule): Promise<ClaimResult[]>;
  /**
   * Settles outcomes, each conditional on its `claimId`; an outcome replaces `sending` and `in-doubt`, in-doubt replaces
   * `sending` only. One boolean per outcome: false if the delivery does not hold it (another process has claimed it since,
   * or an earlier outcome is final). Repeating a call is harmless.
   */
  settle(partition: string, outcomes: readonly Outcome[]): Promise<boolean[]>;
  /** As `settle`, of claims that were given up: an outcome replaces `deferred` only. */
  settleDeferred(partition: string, outcomes: readonly Outcome[]): Promise<boolean[]>;
}

/** How a claim is tried: as the first delivery of a participant, or over a deferred or failed one. */
type Way = "insert" | "take-over";

/** Insert, take over what was found, insert what was gone, take over once more: items are never deleted, so this is ample. */
const roundLimit = 4;

/**
 * Claims in rounds. In the first each claim is written in the way its caller expects, which is nearly always right: one
 * round, one write each. The results decide about the rest.
 */
export async function claimAll(
  aws: Aws,
  table: string,
  getMany: GetMany,
  partition: string,
  claims: readonly Claim[],
  rule: ClaimRule,
): Promise<ClaimResult[]> {
  const results: ClaimResult[] = claims.map(() => "refused");
  let open = firstOfEach(claims).map((index) => ({ index, way: expectedWay(claims[index]!) }));
  for (let round = 1; open.length > 0; round++) {
    if (round > roundLimit) {
      throw new AppError(
        "storage",
        `${open.length} claims of ${partition} found their delivery changed again and again.`,
      );
    }
    const statements = open.map(({ index, way }) => {
      const claim = claims[index]!;
      return way === "insert" ? insertClaim(table, partition, claim) : takeOverClaim(table, partition, claim, rule);
    });
    const written = await executeStatements(aws, statements);
    for (const [position, { index }] of open.entries()) {
      if (written[position] === "done") results[index] = "claimed";
    }
    const withResult = (result: StatementResult) => open.filter((_, position) => written[position] === result);
    const found = withResult("duplicate");
    const refused = await judgeRefused(getMany, partition, withResult("refused"), claims);
    for (const index of refused.ours) results[index] = "claimed";
    open = [
      ...found.map(({ index }) => ({ index, way: "take-over" as const })),
      ...refused.absent.map((index) => ({ index, way: "insert" as const })),
    ];
  }
  return results;
}

function expectedWay(claim: Claim): Way {
  return (claim.hasDelivery ?? claim.attempt > 1) ? "take-over" : "insert";
}

/**
 * A refused take-over has three causes under one code: another process holds the delivery, there is none, or it is this
 * very claim, written by a request whose response was lost and which was therefore sent again.
 */
async function judgeRefused(
  getMany: GetMany,
  partition: string,
  refused: readonly { index: number }[],
  claims: readonly Claim[],
): Promise<{ ours: number[]; absent: number[] }> {
  const result: { ours: number[]; absent: number[] } = { ours: [], absent: [] };
  if (refused.length === 0) return result;
  const found = await getMany(
    partition,
    refused.map(({ index }) => claims[index]!.participantId),
  );
  for (const { index } of refused) {
    const delivery = found.get(claims[index]!.participantId);
    if (!delivery) result.absent.push(index);
    else if (isHeldBy(delivery, claims[index]!)) result.ours.push(index);
  }
  return result;
}

function isHeldBy(delivery: Delivery, claim: Claim): boolean {
  return delivery.status === "sending" && delivery.claimId === claim.claimId;
}

/** Settles outcomes; those about one participant one after the other, in order. */
export async function settleOutcomes(
  aws: Aws,
  table: string,
  getMany: GetMany,
  partition: string,
  outcomes: readonly Outcome[],
  statement: typeof settleClaim,
): Promise<boolean[]> {
  const results: boolean[] = outcomes.map(() => false);
  let open = outcomes.map((_, index) => index);
  while (open.length > 0) {
    const round = firstOfEach(open.map((index) => outcomes[index]!)).map((position) => open[position]!);
    const written = await executeStatements(
      aws,
      round.map((index) => statement(table, partition, outcomes[index]!)),
    );
    const refused = round.filter((_, position) => written[position] !== "done");
    const settled = await alreadySettled(
      getMany,
      partition,
      refused.map((index) => outcomes[index]!),
    );
    for (const index of round) results[index] = !refused.includes(index) || settled.has(outcomes[index]!);
    open = open.filter((index) => !round.includes(index));
  }
  return results;
}

/** Those of the refused outcomes that the delivery holds already: their request was executed and its response lost. */
async function alreadySettled(getMany: GetMany, partition: string, refused: readonly Outcome[]): Promise<Set<Outcome>> {
  if (refused.length === 0) return new Set();
  const found = await getMany(
    partition,
    refused.map(({ participantId }) => participantId),
  );
  return new Set(
    refused.filter((outcome) => {
      const delivery = found.get(outcome.participantId);
      return delivery?.claimId === outcome.claimId && delivery.status === outcome.status;
    }),
  );
}

/** Positions of the first entry of each participant: a batch may not name an item twice. */
function firstOfEach(entries: readonly { participantId: string }[]): number[] {
  const seen = new Set<string>();
  return [...entries.keys()].filter((index) => {
    const { participantId } = entries[index]!;
    return !seen.has(participantId) && seen.add(participantId);
  });
}
