import type { Delivery } from "./delivery.ts";

/** A resolution may come this long after the claim: until then the outcome may still arrive by itself. */
const waitMilliseconds = 15 * 60_000;

/** When (epoch ms) a user may resolve a delivery that is in doubt. */
export function resolvableAt({ sendingAt }: Pick<Delivery, "sendingAt">): number {
  return Date.parse(sendingAt) + waitMilliseconds;
}

/** The delivery as it is after the resolution. */
export type ResolvedStatus = "sent" | "deferred";

/** What a user says of a mail in doubt: it was received (`sent`), or it was not (`deferred`: the next run mails it). */
export function resolvedStatus(received: boolean): ResolvedStatus {
  return received ? "sent" : "deferred";
}

export type ResolutionVerdict =
  | { readonly verdict: "granted" }
  /** `none`: no run tried to mail this person; `too-early`: `at` (epoch ms) is the first moment. */
  | { readonly verdict: "refused"; readonly why: "none" | "settled" | "changed" }
  | { readonly verdict: "refused"; readonly why: "too-early"; readonly at: number };

/**
 * Judges a resolution before it is written; the write repeats status and claim as its condition. `claimId` is the claim
 * the user saw the evidence of, `now` epoch milliseconds.
 */
export function judgeResolution(delivery: Delivery | undefined, claimId: string, now: number): ResolutionVerdict {
  if (!delivery) return { verdict: "refused", why: "none" };
  if (delivery.status !== "in-doubt") return { verdict: "refused", why: "settled" };
  if (delivery.claimId !== claimId) return { verdict: "refused", why: "changed" };
  const at = resolvableAt(delivery);
  return now < at ? { verdict: "refused", why: "too-early", at } : { verdict: "granted" };
}
