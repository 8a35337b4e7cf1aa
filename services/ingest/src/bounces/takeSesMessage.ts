import type { Handled, Received } from "@email-agent/shared/adapters/queueConsumer.ts";
import type { BounceReport, ReportResult } from "@email-agent/shared/domain/bounces/bounceReport.ts";
import { readSesEvent } from "@email-agent/shared/domain/bounces/sesEvent.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { dispositionOf } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";

/**
 * Takes a message of the bounce queue: one event of SES, which may name several recipients. Poison messages, which are no
 * events, go to the dead-letter queue. A message comes back while one of its mails is being sent, or while the database does
 * not respond; what was taken of it before is found to be doubled then.
 */
export async function takeSesMessage(
  { body, receives }: Received,
  take: (report: BounceReport, raw: string) => Promise<ReportResult>,
  { clock, log }: { readonly clock: Pick<Clock, "now">; readonly log: Log },
): Promise<Handled> {
  const read = readSesEvent(body, clock.now());
  if ("problem" in read) {
    if (receives === 1)
      log.error({ problem: read.problem }, "A message is not an event of SES; it goes to the dead-letter queue");
    return "dead";
  }
  let handled: Handled = "done";
  for (const report of read.reports) {
    try {
      const { result } = await take(report, body);
      if (result === "later" && handled === "done") handled = "later";
    } catch (error) {
      if (dispositionOf(error) !== "reject") throw error;
      if (receives === 1) log.error({ error }, "An event of SES cannot be taken; it goes to the dead-letter queue");
      handled = "dead";
    }
  }
  return handled;
}
