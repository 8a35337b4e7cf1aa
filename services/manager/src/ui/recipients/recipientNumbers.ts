import { mailsRecipients, type StepName, stepNamed } from "@email-agent/shared/domain/steps.ts";
import type { Order } from "../../api/orders.ts";
import type { OrderReconciliation } from "../../api/recipients.ts";
import { isOutdated } from "../order/counterParts.ts";

/** The numbers on the buttons of one language. */
export interface RecipientNumbers {
  /** Recipients in the list; absent if the counters are of another run than the list. */
  readonly people?: number;
  readonly failed: number;
  readonly inDoubt: number;
}

/**
 * The numbers of one language of a step's list. For Send the ledger counted after the run goes before the counters of
 * the run, which know nothing of what was resolved since.
 */
export function recipientNumbers(
  { steps }: Pick<Order, "steps">,
  step: StepName,
  language: string,
  counted?: OrderReconciliation["languages"][number],
): RecipientNumbers {
  const { languages, runId, resultRunId, status } = steps[step];
  if (mailsRecipients(step) && counted && status !== "working") {
    const { sent, failed, inDoubt, waiting, sending, leftOut } = counted;
    return { people: sent + failed + inDoubt + waiting + sending + leftOut, failed, inDoubt };
  }
  const counters = languages?.[language];
  const isStopped = mailsRecipients(step) && status !== "working" && isOutdated(steps[step]);
  const isOfList = counters && !isStopped && (stepNamed(step).mails || runId === resultRunId);
  if (!isOfList) return { failed: 0, inDoubt: 0 };
  const { sent, failed, inDoubt } = counters;
  return { people: sent + failed + inDoubt, failed, inDoubt };
}
