import type { Delivery } from "../domain/delivery/delivery.ts";
import { AppError } from "../kit/errors.ts";
import type { Aws } from "./aws.ts";
import type { Claim, ClaimAnswer, ClaimRule, Deliveries, Outcome } from "./deliveries.ts";
import { insertClaim, settleClaim, takeOverClaim } from "./deliveryStatements.ts";
import { executeStatements, type StatementAnswer } from "./statementBatches.ts";

type GetMany = Deliveries["getMany"];

/** How a claim is tried: as the first delivery of a participant, or over a deferred or failed one. */
type Way = "insert" | "take-over";

/** Insert, take over what was found, insert what was gone, take over once more: items are never deleted, so this is ample. */
const roundLimit = 4;

/**
 * Claims in rounds. In the first each claim is written in the way its caller expects, which is nearly always right: one
 * round, one write each. What that answers decides about the rest.
 */
export async function claimAll(
  aws: Aws,
  table: string,
  getMany: GetMany,
  partition: string,
  claims: readonly Claim[],
  rule: ClaimRule,
): Promise<ClaimAnswer[]> {
  const answers: ClaimAnswer[] = claims.map(() => "refused");
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
      if (written[position] === "done") answers[index] = "claimed";
    }
    const withAnswer = (answer: StatementAnswer) => open.filter((_, position) => written[position] === answer);
    const found = withAnswer("duplicate");
    const refused = await judgeRefused(getMany, partition, withAnswer("refused"), claims);
    for (const index of refused.ours) answers[index] = "claimed";
    open = [
      ...found.map(({ index }) => ({ index, way: "take-over" as const })),
      ...refused.absent.map((index) => ({ index, way: "insert" as const })),
    ];
  }
  return answers;
}

function expectedWay(claim: Claim): Way {
  return (claim.hasDelivery ?? claim.attempt > 1) ? "take-over" : "insert";
}

/**
 * A refused take-over says three things by one code: the delivery is somebody else's, there is none, or it is this very
 * claim, written by a request whose answer was lost and which was therefore sent again.
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
): Promise<boolean[]> {
  const answers: boolean[] = outcomes.map(() => false);
  let open = outcomes.map((_, index) => index);
  while (open.length > 0) {
    const round = firstOfEach(open.map((index) => outcomes[index]!)).map((position) => open[position]!);
    const written = await executeStatements(
      aws,
      round.map((index) => settleClaim(table, partition, outcomes[index]!)),
    );
    const refused = round.filter((_, position) => written[position] !== "done");
    const standing = await alreadySettled(
      getMany,
      partition,
      refused.map((index) => outcomes[index]!),
    );
    for (const index of round) answers[index] = !refused.includes(index) || standing.has(outcomes[index]!);
    open = open.filter((index) => !round.includes(index));
  }
  return answers;
}

/** Those of the refused outcomes that the delivery holds already: their request was executed and its answer lost. */
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
