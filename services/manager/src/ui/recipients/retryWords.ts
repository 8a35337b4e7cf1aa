import { counted } from "@email-agent/shared/domain/numberWords.ts";
import { skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import type { OrderRetry } from "../../api/recipients.ts";

export interface RetryWords {
  readonly label: string;
  /** Why the button does nothing now. */
  readonly blocked?: string;
  /** Sentences below the button. */
  readonly explanation: readonly string[];
}

/**
 * What the Retry button says. `retry`: how many failed and waiting mails can be sent now, absent while they are counted;
 * `notBegun`: people the last run planned to mail and did not start.
 */
export function retryWords(retry: OrderRetry | undefined, notBegun: number, error?: unknown): RetryWords {
  if (!retry && error !== undefined)
    return {
      label: "Retry",
      blocked: `The mails to retry could not be counted: ${error instanceof Error ? error.message : "try again."}`,
      explanation: [],
    };
  if (!retry) return { label: "Retry", blocked: "Wait until the mails to retry are counted.", explanation: [] };
  const mails = retry.mails + notBegun;
  const left = leftOut(retry);
  if (mails === 0)
    return { label: "Nothing to retry", blocked: "No failed or waiting mail can be sent now.", explanation: left };
  const again =
    retry.mails > 0 && `retries ${counted(retry.mails, "failed or waiting mail", "failed or waiting mails")}`;
  const first = notBegun > 0 && `mails up to ${counted(notBegun, "person", "people")} the last run did not start`;
  const done = [again, first].filter(Boolean).join(", ");
  return {
    label: `Retry: ${counted(mails, "mail", "mails")}`,
    explanation: [
      `Starts Send again: it ${done}, and mails people who have become eligible since. You see the exact number first.`,
      ...left,
    ],
  };
}

function leftOut({ excluded }: OrderRetry): string[] {
  const people = excluded.reduce((sum, one) => sum + one.people, 0);
  if (people === 0) return [];
  const reasons = excluded.map((one) => `${skipReasonWords(one.reason)}: ${counted(one.people, "mail", "mails")}`);
  return [`${counted(people, "mail", "mails")} cannot be retried (${reasons.join("; ")}).`];
}
