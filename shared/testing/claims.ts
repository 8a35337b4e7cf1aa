import { randomUUID } from "node:crypto";
import type { Claim, Outcome } from "../src/adapters/deliveryStatements.ts";

/** A first claim by run `run-1` on a participant; each has an id of its own. */
export function aClaim(fields: Partial<Claim> = {}): Claim & { claimId: string } {
  const participantId = fields.participantId ?? "p-1";
  return {
    participantId,
    runId: "run-1",
    attempt: 1,
    contentHash: "a".repeat(64),
    workOrderId: "wo-01HZZZZZZZZZZZZZZZZZZZZZZZ",
    account: "office",
    language: "EN",
    name: "Ana García",
    email: `${participantId}@example.org`,
    messageId: `<${participantId}@example.org>`,
    sendingAt: "2026-03-01T08:00:00.000Z",
    ...fields,
    claimId: fields.claimId ?? randomUUID(),
  };
}

/** How a claim ended: `sent` with a reply unless the fields say otherwise. */
export function anOutcome(claim: Claim & { claimId: string }, fields: Partial<Outcome> = {}): Outcome {
  return {
    participantId: claim.participantId,
    claimId: claim.claimId,
    status: "sent",
    endedAt: "2026-03-01T08:00:01.000Z",
    smtpCode: 250,
    smtpResponse: "250 2.0.0 OK",
    ...fields,
  };
}
