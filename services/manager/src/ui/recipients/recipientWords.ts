import { stepOfList } from "@email-agent/shared/domain/steps.ts";
import type { Order } from "../../api/orders.ts";
import { type RecipientListName, type ReturnedStatus, returnedStatuses } from "../../api/recipients.ts";
import { recipientLooks } from "../shell/statusLooks.ts";
import type { ShownList } from "./listAddress.ts";

export const listWords: Readonly<Record<RecipientListName, string>> = {
  "dry-run": "Dry-Run",
  test: "Test",
  send: "Send",
  skipped: "Skipped",
  "left-out": "Left out",
};

/** The title of the window for each list. */
export const listTitles: Readonly<Record<RecipientListName, string>> = {
  "dry-run": "Who would be mailed, according to the last Dry-Run",
  test: "Mails of the last Test",
  send: "Recipients of this mailing",
  skipped: "Skipped by the last Send",
  "left-out": "Currently left out of this mailing",
};

/** True once the step has made the list. */
export function hasList({ steps }: Pick<Order, "steps">, list: RecipientListName, mailing?: string): boolean {
  if (mailing !== undefined) return true;
  if (list === "left-out") return true;
  const { name, mails } = stepOfList(list === "skipped" ? "send" : list);
  return (mails ? steps[name].runId : steps[name].resultRunId) !== undefined;
}

const noneReturned: Readonly<Record<ReturnedStatus, string>> = {
  "bounced-hard": "No mail bounced hard.",
  "bounced-soft": "No mail came back for a reason that may pass.",
  complained: "No one marked a mail as spam.",
};

/** Why a list is empty, and what would fill it. */
export function emptyWords(
  order: Pick<Order, "steps">,
  { list, mailing, status, reason, q }: Omit<ShownList, "language">,
): string {
  if (!hasList(order, list, mailing)) {
    const { name, mails } = stepOfList(list === "skipped" || list === "left-out" ? "send" : list);
    return mails
      ? `${name} has not run yet. The list appears here with its first mail.`
      : `No ${name} has completed yet. The list appears here when one has.`;
  }
  if (q) return `No one found for “${q}”. Search for words of a name, a part of an address, or an id.`;
  if (list === "left-out")
    return reason ? "The mailing leaves out no one for this reason." : "The mailing leaves out no one.";
  if (list === "skipped")
    return reason ? "The last Send skipped no one for this reason." : "The last Send mailed everyone it planned to.";
  const returned = returnedStatuses.find((known) => known === status);
  if (returned) return noneReturned[returned];
  return status ? `No one has the status “${recipientLooks[status].word}”.` : "This list is empty.";
}
