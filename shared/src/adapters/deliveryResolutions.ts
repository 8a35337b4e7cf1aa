import type { Delivery } from "../domain/delivery/delivery.ts";
import type { ResolvedStatus } from "../domain/delivery/resolution.ts";
import { shardKey } from "../domain/delivery/shards.ts";
import type { Aws } from "./aws.ts";
import type { DeliveryReads } from "./deliveryReads.ts";
import { executeStatements, type WriteStatement } from "./statementBatches.ts";

/** What is the same for all mails of a bulk resolution; `at`: ISO time now. */
interface ManyResolved {
  readonly bulk: string;
  readonly status: ResolvedStatus;
  readonly by: string;
  readonly at: string;
}

/** A mail, and the claim under which it was in doubt. */
export interface ResolvedClaim {
  readonly participantId: string;
  readonly claimId: string;
}

/** Resolves many mails in doubt, and sets them back: batches of conditional writes, each with its own result, in order. */
export interface DeliveryResolutions {
  /** As `resolve` does with one; false for a mail that is not in doubt under its claim any more. No two may name one person. */
  resolveMany(partition: string, claims: readonly ResolvedClaim[], resolution: ManyResolved): Promise<boolean[]>;
  /**
   * Sets back what a bulk resolution did: in doubt under the same claim, and listed for attention. False for a mail to which
   * something else was written since, such as a claim. Repeating it is harmless.
   */
  unresolveMany(
    partition: string,
    claims: readonly ResolvedClaim[],
    resolution: Pick<ManyResolved, "bulk" | "status">,
  ): Promise<boolean[]>;
}

export function deliveryResolutions(aws: Aws, table: string, getMany: DeliveryReads["getMany"]): DeliveryResolutions {
  const write = async (
    partition: string,
    claims: readonly ResolvedClaim[],
    statement: (claim: ResolvedClaim) => WriteStatement,
    isWritten: (delivery: Delivery | undefined, claim: ResolvedClaim) => boolean,
  ): Promise<boolean[]> => {
    const results = await executeStatements(aws, claims.map(statement));
    const refused = claims.filter((_, index) => results[index] !== "done");
    if (refused.length === 0) return claims.map(() => true);
    // A batch whose response was lost is sent again, and refused although it was executed.
    const ids = refused.map(({ participantId }) => participantId);
    const now = await getMany(partition, ids);
    return claims.map((claim, index) => results[index] === "done" || isWritten(now.get(claim.participantId), claim));
  };
  return {
    resolveMany: (partition, claims, resolution) =>
      write(
        partition,
        claims,
        (claim) => resolveStatement(table, partition, claim, resolution),
        (delivery) => delivery?.resolvedIn === resolution.bulk && delivery.resolvedAt === resolution.at,
      ),
    unresolveMany: (partition, claims, resolution) =>
      write(
        partition,
        claims,
        (claim) => unresolveStatement(table, partition, claim, resolution),
        (delivery, { claimId }) => delivery?.status === "in-doubt" && delivery.claimId === claimId,
      ),
  };
}

/* What does not apply is null, except the key of the index, as in deliveryStatements.ts. */

function resolveStatement(
  table: string,
  partition: string,
  { participantId, claimId }: ResolvedClaim,
  { bulk, status, by, at }: ManyResolved,
): WriteStatement {
  return {
    text: `UPDATE "${table}" SET "status" = ?, "resolvedBy" = ?, "resolvedAt" = ?, "resolvedIn" = ?, "claimId" = ? REMOVE "attention" WHERE "pk" = ? AND "participantId" = ? AND "status" = 'in-doubt' AND "claimId" = ?`,
    parameters: [status, by, at, bulk, null, shardKey(partition, participantId), participantId, claimId],
  };
}

function unresolveStatement(
  table: string,
  partition: string,
  { participantId, claimId }: ResolvedClaim,
  { bulk, status }: Pick<ManyResolved, "bulk" | "status">,
): WriteStatement {
  // A claim since then has an id; one that was settled has it still. What came back proves that the mail was accepted.
  const when = `"status" = ? AND "resolvedIn" = ? AND NOT ("claimId" > '') AND "bounced" IS MISSING AND "complained" IS MISSING`;
  return {
    text: `UPDATE "${table}" SET "status" = 'in-doubt', "claimId" = ?, "attention" = ?, "resolvedBy" = ?, "resolvedAt" = ?, "resolvedIn" = ? WHERE "pk" = ? AND "participantId" = ? AND ${when}`,
    parameters: [
      ...[claimId, `${partition}#in-doubt`, null, null, null],
      ...[shardKey(partition, participantId), participantId, status, bulk],
    ],
  };
}
