import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";

/**
 * The course of a Send, as far as it was not the usual: `sent` if everyone was mailed at the first attempt. Otherwise, joined by `+`:
 * `ends` (a run error, until a user started it again), `away` and `throttled` (the account was paused as unreachable, or
 * because it asked to slow down, and went on), and for a person `later` (sent after a wait), `failed`, `doubt`.
 */
export function courseOf({
  hasEnded,
  pauses,
  ledger,
}: {
  readonly hasEnded: boolean;
  readonly pauses: readonly string[];
  readonly ledger: readonly Delivery[];
}): string {
  const words = [
    ...(hasEnded ? ["ends"] : []),
    ...pauses.map((notice) => (notice === "unreachable" ? "away" : notice)),
    ...ledger.flatMap(({ status, attempt }) => {
      if (status === "sent") return attempt > 1 ? ["later"] : [];
      return [status === "in-doubt" ? "doubt" : status];
    }),
  ];
  return words.sort().join("+") || "sent";
}
