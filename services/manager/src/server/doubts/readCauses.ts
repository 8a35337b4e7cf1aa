import type { User } from "@email-agent/shared/domain/configItems.ts";
import { causeCollector } from "@email-agent/shared/domain/delivery/deliveryCause.ts";
import { maskRecipient } from "@email-agent/shared/domain/delivery/maskedAddress.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { MailCauses } from "../../api/doubts.ts";
import type { Manager } from "../manager.ts";
import { askedMailing } from "../recipients/askedList.ts";
import { doubtFilter, fittingDeliveries, refuseUnknownLanguage } from "./chosenDoubts.ts";

const mostCauses = 100;

/**
 * Why mails failed or are in doubt: those of a status that fit the filter, by their cause. Reads each of them; few such reads
 * run at once in a process (AppError `busy`).
 */
export async function readCauses(
  ports: Pick<Manager, "deliveries" | "counts">,
  user: Pick<User, "showAddresses" | "eventAccess">,
  order: WorkOrder,
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<MailCauses> {
  const mailing = askedMailing(order, user, query.get("mailing"));
  const status = query.get("status");
  if (status !== "failed" && status !== "in-doubt")
    throw new AppError("invalid-input", "Choose the status: failed or in-doubt.");
  const filter = doubtFilter.parse({ language: query.get("language") || undefined, q: query.get("q") || undefined });
  if (filter.language !== undefined) refuseUnknownLanguage(mailing, filter.language);
  const collector = causeCollector(mostCauses);
  let mails = 0;
  const read = async () => {
    for await (const { language, found } of fittingDeliveries(ports, user, mailing, status, filter, signal)) {
      mails += found.length;
      for (const delivery of found) collector.add(delivery, language);
    }
  };
  await ports.counts.run(read, signal);
  const causes = collector.groups().map(({ cause, languages, mails: some, sample, firstAt, lastAt }) => {
    const reply = sample && (user.showAddresses ? sample.reply : maskRecipient(sample.reply, sample.email));
    return { cause, languages, mails: some, ...(reply !== undefined && { reply }), firstAt, lastAt };
  });
  return { mails, causes, others: collector.others };
}
