import type { Delivery } from "../domain/delivery/delivery.ts";
import { shardKey } from "../domain/delivery/shards.ts";
import type { WriteStatement } from "./statementBatches.ts";

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

/*
 * The ledger's writes in the part of PartiQL that DynamoDB and the embedded database read alike: `SET` with commas, one
 * `REMOVE` of one attribute, `NOT (a > b)` for "absent, null or not above". So an attribute that does not apply is set to
 * null (reading drops nulls), except `attention`, a key of the sparse index, which must be absent. `endedAt`, the other
 * key, stays from the attempt before while the next is `sending`; reading drops it then.
 */

type Fields = readonly (readonly [string, unknown])[];

/** Claims a participant without delivery. */
export function insertClaim(table: string, partition: string, claim: Claim): WriteStatement {
  const fields = [...keyOf(partition, claim), ...claimFields(claim)].filter(([, value]) => value !== undefined);
  return {
    text: `INSERT INTO "${table}" VALUE {${fields.map(([name]) => `'${name}': ?`).join(", ")}}`,
    parameters: fields.map(([, value]) => value),
  };
}

/** Claims a participant whose delivery is deferred or failed, where the rule allows it. */
export function takeOverClaim(table: string, partition: string, claim: Claim, rule: ClaimRule): WriteStatement {
  // What is deferred within this run waits for its time; what another run left may be taken at once.
  const deferred = `"status" = 'deferred' AND ("runId" <> ? OR NOT ("nextAttemptAt" > ?))`;
  const failed = `"status" = 'failed' AND "runId" <> ?${rule.userStarted ? "" : ` AND NOT ("permanent" = true)`}`;
  return update(table, partition, claim, {
    set: [...claimFields(claim), ...emptyOutcome],
    remove: "attention",
    when: `((${deferred}) OR (${failed}))`,
    parameters: [rule.runId, rule.now, rule.runId],
  });
}

/**
 * Writes the outcome of a claim. A later outcome of the same claim replaces in-doubt; in-doubt replaces nothing but
 * `sending`, so a guess never overwrites a real outcome.
 */
export function settleClaim(table: string, partition: string, outcome: Outcome): WriteStatement {
  const isDoubt = outcome.status === "in-doubt";
  const replaceable = isDoubt ? `"status" = 'sending'` : `("status" = 'sending' OR "status" = 'in-doubt')`;
  return writeOutcome(table, partition, outcome, replaceable);
}

/** Writes the outcome of a claim that was given up: it replaces `deferred` only, as long as no other claim took it over. */
export function settleDeferred(table: string, partition: string, outcome: Outcome): WriteStatement {
  return writeOutcome(table, partition, outcome, `"status" = 'deferred'`);
}

function writeOutcome(table: string, partition: string, outcome: Outcome, replaceable: string): WriteStatement {
  const { status } = outcome;
  const attention = status === "failed" || status === "in-doubt";
  return update(table, partition, outcome, {
    set: [
      ["status", status],
      ["endedAt", outcome.endedAt],
      ["smtpResponse", outcome.smtpResponse],
      ["smtpCode", outcome.smtpCode],
      ["permanent", outcome.permanent],
      ["nextAttemptAt", outcome.nextAttemptAt],
      ...(outcome.messageId === undefined ? [] : ([["messageId", outcome.messageId]] as const)),
      ...(attention ? ([["attention", `${partition}#${status}`]] as const) : []),
    ],
    remove: attention ? undefined : "attention",
    when: `"claimId" = ? AND ${replaceable}`,
    parameters: [outcome.claimId],
  });
}

const emptyOutcome: Fields = ["smtpResponse", "smtpCode", "permanent", "nextAttemptAt"].map((name) => [
  name,
  undefined,
]);

function claimFields(claim: Claim): Fields {
  return [
    ["status", "sending"],
    ["runId", claim.runId],
    ["claimId", claim.claimId],
    ["attempt", claim.attempt],
    ["contentHash", claim.contentHash],
    ["workOrderId", claim.workOrderId],
    ["account", claim.account],
    ["language", claim.language],
    ["name", claim.name],
    ["email", claim.email],
    ["messageId", claim.messageId],
    ["sendingAt", claim.sendingAt],
  ];
}

function keyOf(partition: string, { participantId }: { participantId: string }): Fields {
  return [
    ["pk", shardKey(partition, participantId)],
    ["participantId", participantId],
  ];
}

function update(
  table: string,
  partition: string,
  of: { participantId: string },
  write: { set: Fields; remove: string | undefined; when: string; parameters: readonly unknown[] },
): WriteStatement {
  const key = keyOf(partition, of);
  const sets = write.set.map(([name]) => `"${name}" = ?`).join(", ");
  const remove = write.remove ? ` REMOVE "${write.remove}"` : "";
  const where = key.map(([name]) => `"${name}" = ?`).join(" AND ");
  return {
    text: `UPDATE "${table}" SET ${sets}${remove} WHERE ${where} AND ${write.when}`,
    parameters: [...write.set.map(([, value]) => value ?? null), ...key.map(([, value]) => value), ...write.parameters],
  };
}
