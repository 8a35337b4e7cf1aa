import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { mailingsOf, type OrderMailing } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import type { ShownSkipReason } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import {
  type RecipientListName,
  type RecipientStatus,
  reasonsOf,
  recipientLists,
  statusesOf,
} from "../../api/recipients.ts";

/** The list a request asks for. */
export interface AskedList {
  readonly list: RecipientListName;
  readonly language: string;
  /** Of the list `send`: which mailing of the order. */
  readonly mailing: OrderMailing;
  readonly status?: RecipientStatus;
  readonly reason?: ShownSkipReason;
}

/** Parses `list`, `language`, `status` and `reason` of a query. AppError `invalid-input` with the field that is wrong. */
export function askedList(order: WorkOrder, user: Pick<User, "eventAccess">, query: URLSearchParams): AskedList {
  const list = recipientLists.find((known) => known === query.get("list"));
  if (!list) throw wrong("list", `Choose the list: ${recipientLists.join(", ")}.`);
  const mailing = askedMailing(order, user, list === "send" ? query.get("mailing") : undefined);
  const { languages } = mailing;
  const language = query.get("language") ?? "";
  if (!languages.includes(language))
    throw wrong("language", `The mailing has no language "${language}". Choose one of ${languages.join(", ")}.`);
  const asked = query.get("status") || undefined;
  const status = statusesOf[list].find((known) => known === asked);
  if (asked !== undefined && !status) throw wrong("status", `The list ${list} has no status "${asked}".`);
  const askedReason = query.get("reason") || undefined;
  const reason = reasonsOf[list].find((known) => known === askedReason);
  if (askedReason !== undefined && !reason) throw wrong("reason", `The list ${list} has no reason "${askedReason}".`);
  return { list, language, mailing, ...(status && { status }), ...(reason && { reason }) };
}

/**
 * The mailing of an order by its name, without one the current mailing. An earlier one may be of another event: only users
 * who may see that event get it. AppError `invalid-input` for a name that is none of them.
 */
export function askedMailing(
  order: WorkOrder,
  user: Pick<User, "eventAccess">,
  name: string | null | undefined,
): OrderMailing {
  const [current, ...earlier] = mailingsOf(order);
  if (!name || name === current.name) return current;
  const mailing = earlier.find((one) => one.name === name && maySee(user, one.eventCode));
  if (!mailing) throw wrong("mailing", `The order has no mailing "${name}".`);
  return mailing;
}

function wrong(field: string, sentence: string): AppError {
  return new AppError("invalid-input", sentence, { details: { fields: { [field]: sentence } } });
}
