import { counted } from "@email-agent/shared/domain/numberWords.ts";
import { skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import type { OrderRetry } from "../../api/recipients.ts";

export interface RetryWords {
  readonly label: string;
  /** Why there is nothing to press for. */
  readonly nobody?: string;
  /** Sentences below the button. */
  readonly explanation: readonly string[];
}

/**
 * What the button that starts Send again says. `retry`: whom of the failed and waiting it can mail now, absent while that
 * is read; `notBegun`: people the last run planned and did not begin.
 */
export function retryWords(retry: OrderRetry | undefined, notBegun: number, error?: unknown): RetryWords {
  if (!retry && error !== undefined)
    return {
      label: "Retry",
      nobody: `The mails to retry could not be counted: ${error instanceof Error ? error.message : "try again."}`,
      explanation: [],
    };
  if (!retry) return { label: "Retry", nobody: "Wait until the mails to retry are counted.", explanation: [] };
  const mails = retry.mails + notBegun;
  const left = leftOut(retry);
  if (mails === 0)
    return { label: "Nothing to retry", nobody: "No failed or waiting mail can be sent now.", explanation: left };
  const again =
    retry.mails > 0 && `tries ${counted(retry.mails, "failed or waiting mail", "failed or waiting mails")} again`;
  const first = notBegun > 0 && `mails up to ${counted(notBegun, "person", "people")} the last run did not begin`;
  const done = [again, first].filter(Boolean).join(", ");
  return {
    label: `Retry: ${counted(mails, "mail", "mails")}`,
    explanation: [
      `Starts Send again: it ${done}, and mails people who became eligible since. The exact number is shown first.`,
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
