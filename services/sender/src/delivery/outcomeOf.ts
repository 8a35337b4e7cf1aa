import type { Outcome } from "@email-agent/shared/adapters/deliveryStatements.ts";
import type { SmtpAttempt, Verdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Candidate, PersonResult } from "./person.ts";

/** The end of one claim: the outcome for the ledger, and the result for the person (absent: to be tried again at once). */
export interface ClaimEnd {
  readonly outcome: Outcome;
  readonly result?: PersonResult;
}

/** How often the account may be the reason before a person counts as greylisted, so that no person is tried endlessly. */
const returnsAllowed = 3;

/**
 * From the verdict of one attempt to the outcome of its claim. A temporary refusal (greylisting, soft bounce) is retried after
 * the waits in `retryMilliseconds` and then failed, not permanently; a hard bounce fails permanently. If the account was the
 * reason, the person is as before.
 */
export function outcomeOf(
  candidate: Candidate,
  claim: { readonly claimId: string; readonly messageId: string },
  { verdict, response }: { readonly verdict: Verdict; readonly response: SmtpAttempt },
  now: number,
  retryMilliseconds: readonly number[],
): ClaimEnd {
  const base = {
    participantId: candidate.id,
    claimId: claim.claimId,
    endedAt: instant(now),
    smtpResponse: response.response ?? verdict.reason,
    ...(response.code !== undefined && { smtpCode: response.code }),
  };
  switch (verdict.recipient) {
    case "sent":
      return { outcome: { ...base, status: "sent", messageId: claim.messageId }, result: { kind: "sent" } };
    case "in-doubt":
      return { outcome: { ...base, status: "in-doubt" }, result: { kind: "in-doubt" } };
    case "failed":
      return failed(base, verdict.permanent ?? true, verdict.reason);
    case "deferred": {
      const accountIsTheReason = verdict.account !== "soft-refusal" && candidate.returns < returnsAllowed;
      if (accountIsTheReason) return { outcome: { ...base, status: "deferred" } };
      const wait = retryMilliseconds[candidate.attempt - 1];
      if (wait === undefined) return failed(base, false, verdict.reason);
      const at = now + wait;
      return {
        outcome: { ...base, status: "deferred", nextAttemptAt: instant(at) },
        result: { kind: "retry", at },
      };
    }
  }
}

/** A claim whose message was never begun: certainly not sent, to be tried again. */
export function notBegun(candidate: Candidate, claimId: string, now: number): ClaimEnd {
  return { outcome: { participantId: candidate.id, claimId, status: "deferred", endedAt: instant(now) } };
}

/** A claim whose mail could not be rendered. Only a user's next start tries again: the content must be repaired first. */
export function notRendered(candidate: Candidate, claimId: string, reason: string, now: number): ClaimEnd {
  const base = { participantId: candidate.id, claimId, endedAt: instant(now), smtpResponse: `render: ${reason}` };
  return failed(base, true, `render: ${reason}`);
}

/** A message begun and still without a reply when its process must end. */
export function unresolved(candidate: Candidate, claimId: string, now: number): ClaimEnd {
  const smtpResponse = "The sender was shut down before the mail server replied";
  return {
    outcome: { participantId: candidate.id, claimId, status: "in-doubt", endedAt: instant(now), smtpResponse },
    result: { kind: "in-doubt" },
  };
}

function failed(base: Omit<Outcome, "status">, permanent: boolean, reason: string): ClaimEnd {
  return { outcome: { ...base, status: "failed", permanent }, result: { kind: "failed", reason } };
}
