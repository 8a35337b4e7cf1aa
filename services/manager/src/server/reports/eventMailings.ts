import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { mailingsOf, type OrderMailing } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { ReportedEvents, ReportedMailing } from "../../api/reports.ts";
import type { Manager } from "../manager.ts";

type Ports = Pick<Manager, "orders" | "events" | "reportBadItem">;

/**
 * Every mailing of an event in each of its languages, of archived orders and of earlier revisions too: by the keys of the
 * orders, so that one whose language or stage is gone from the settings is there. AppError `not-found` for an event the user
 * may not see, or that has no orders.
 */
export async function eventMailings(
  ports: Ports,
  user: Pick<User, "eventAccess">,
  code: string,
): Promise<ReportedMailing[]> {
  const found = new Map<string, ReportedMailing>();
  if (maySee(user, code))
    for await (const order of ports.orders.list(badOrder(ports)))
      for (const mailing of mailingsOf(order)) {
        // A mailing of before the order was moved belongs to the event it was sent for.
        if (mailing.eventCode !== code) continue;
        for (const language of everyLanguage(order, mailing)) {
          const key = mailingKey(mailing, language);
          // An order that was moved left its key to another one: the ledger has one list of both, to be counted once.
          if (mailing.isCurrent || !found.has(key)) found.set(key, reported(order, { ...mailing, language, key }));
        }
      }
  if (found.size === 0)
    throw new AppError(
      "not-found",
      `There is no event ${code.slice(0, 100)} with work orders, or you have no access to it.`,
    );
  return [...found.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** Those of the mailing, and those it was sent in before they were removed from its order. */
function everyLanguage({ mailingKeys = [] }: WorkOrder, { name, languages }: OrderMailing): ReadonlySet<string> {
  const sent = mailingKeys.filter((key) => key.slice(0, key.lastIndexOf("_")) === name);
  return new Set([...languages, ...sent.map((key) => key.slice(name.length + 1))]);
}

function reported(
  order: WorkOrder,
  mailing: Pick<ReportedMailing, "key" | "language" | "subEvent" | "stage"> & {
    readonly isCurrent: boolean;
    readonly revision?: number | undefined;
  },
): ReportedMailing {
  const { key, language, subEvent, stage, revision, isCurrent } = mailing;
  const counters = isCurrent ? order.steps.Send.languages?.[language] : undefined;
  return {
    ...{ key, orderId: order.id, subEvent, stage, language, archived: order.archived },
    ...(revision !== undefined && { revision }),
    ...(counters && { planned: counters.total }),
    skipped: counters?.reasons ?? {},
  };
}

function badOrder({ reportBadItem }: Ports) {
  return (error: unknown) => reportBadItem(error, "a work order cannot be read");
}

/** The events with work orders that the user may see, by code. */
export async function reportedEvents(ports: Ports, user: Pick<User, "eventAccess">): Promise<ReportedEvents> {
  const mailings = new Map<string, number>();
  for await (const order of ports.orders.list(badOrder(ports)))
    for (const { eventCode } of mailingsOf(order))
      if (maySee(user, eventCode)) mailings.set(eventCode, (mailings.get(eventCode) ?? 0) + 1);
  const codes = [...mailings.keys()].sort();
  const events = await Promise.all(codes.map((code) => ports.events.get(code).catch(() => undefined)));
  return {
    events: codes.map((code, index) => {
      const name = events[index]?.name;
      return { code, ...(name && { name }), mailings: mailings.get(code) ?? 0 };
    }),
  };
}
