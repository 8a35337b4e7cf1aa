import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee, seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { mailingsOf, type OrderMailing } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { type SkipReason, skipReasons } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { z } from "zod";
import type { RecipientListName, RecipientStatus } from "../../api/recipients.ts";
import type { Manager } from "../manager.ts";
import { shownRun } from "../people/peopleAccess.ts";
import { leftOutSource } from "./leftOutSource.ts";
import { attentionSource, dryRunSource, ledgerSource, type RecipientSource } from "./recipientSource.ts";
import { skippedSource } from "./skippedSource.ts";

export type ListPorts = Pick<
  Manager,
  "audit" | "deliveries" | "dryRunRecipients" | "runs" | "participants" | "events" | "configTable"
>;

/** Which list a request asks for. */
export interface AskedList {
  readonly list: RecipientListName;
  readonly language: string;
  /** Of the list `send`: which mailing of the order. */
  readonly mailing: OrderMailing;
  readonly status?: RecipientStatus;
  readonly reason?: SkipReason;
}

const deliveryStatuses = ["sending", "sent", "failed", "in-doubt", "deferred"] as const;
const dryRunStatuses = ["ok", "error"] as const;

const statusesOf = {
  "dry-run": dryRunStatuses,
  test: deliveryStatuses,
  send: deliveryStatuses,
  skipped: [],
  "left-out": [],
} as const satisfies Record<RecipientListName, readonly RecipientStatus[]>;

/** The step a list belongs to. */
export const stepOf: Readonly<Record<RecipientListName, StepName>> = {
  "dry-run": "Dry-Run",
  test: "Test",
  send: "Send",
  skipped: "Send",
  "left-out": "Count",
};

const listSchema = z.enum(["dry-run", "test", "send", "skipped", "left-out"]);

/** Judges `list`, `language`, `status` and `reason` of a query. AppError `invalid-input` with the field that is wrong. */
export function askedList(order: WorkOrder, user: Pick<User, "eventAccess">, query: URLSearchParams): AskedList {
  const list = listSchema.safeParse(query.get("list")).data;
  if (!list) throw wrong("list", "Choose the list: dry-run, test, send, skipped or left-out.");
  const mailing = askedMailing(order, user, list === "send" ? query.get("mailing") : undefined);
  const { languages } = mailing;
  const language = query.get("language") ?? "";
  if (!languages.includes(language))
    throw wrong("language", `The mailing has no language "${language}". Choose one of ${languages.join(", ")}.`);
  const asked = query.get("status") || undefined;
  const status = statusesOf[list].find((known) => known === asked);
  if (asked !== undefined && !status) throw wrong("status", `The list ${list} has no status "${asked}".`);
  const askedReason = query.get("reason") || undefined;
  const reason = list === "left-out" ? skipReasons.find((known) => known === askedReason) : undefined;
  if (askedReason !== undefined && !reason) throw wrong("reason", `The list ${list} has no reason "${askedReason}".`);
  return { list, language, mailing, ...(status && { status }), ...(reason && { reason }) };
}

/**
 * The mailing of an order by its name, without one the current mailing. An earlier one may be of another event: it is
 * offered to those who may see that. AppError `invalid-input` for a name that is none of them.
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

/** A list that can be read; `parts` say which one it is, so that a cursor fits no other. */
export interface FoundList {
  readonly source: RecipientSource;
  readonly parts: readonly string[];
}

/** Undefined if the step has not made such a list yet, or not of people the user may see. */
export async function listOf(
  ports: ListPorts,
  user: Pick<User, "eventAccess">,
  order: WorkOrder,
  asked: AskedList,
): Promise<FoundList | undefined> {
  const { list, language, mailing, status, reason } = asked;
  const { steps } = order;
  switch (list) {
    case "dry-run": {
      const runId = await shownRun(ports, user, order, "Dry-Run");
      const filter = status === "ok" || status === "error" ? { status } : {};
      return found(runId, asked, (id) => dryRunSource(ports.dryRunRecipients, { runId: id, language, ...filter }));
    }
    case "test": {
      const { runId } = steps.Test;
      const partition = runId && testPartition(mailingKey(order, language), runId);
      return found(partition, asked, (key) => deliverySource(ports, key, asked));
    }
    case "send":
      return found(mailingKey(mailing, language), asked, (key) => deliverySource(ports, key, asked));
    case "skipped":
      return found(await shownRun(ports, user, order, "Send"), asked, (runId) =>
        skippedSource(ports, { runId, language }),
      );
    case "left-out": {
      const onlyConcerned = !seesAllEvents(user);
      const left = { order, language, onlyConcerned, ...(reason && { reason }) };
      return found(mailingKey(order, language), asked, () => leftOutSource(ports, left));
    }
  }
}

function found(
  key: string | undefined,
  { list, language, status, reason }: AskedList,
  source: (key: string) => RecipientSource,
): FoundList | undefined {
  return key === undefined ? undefined : { source: source(key), parts: [list, key, language, status ?? reason ?? ""] };
}

function deliverySource({ deliveries }: ListPorts, partition: string, { list, status }: AskedList): RecipientSource {
  const mayResolve = list === "send";
  if (status === "failed" || status === "in-doubt")
    return attentionSource(deliveries, partition, { status, mayResolve });
  const filter = status === "sent" || status === "sending" || status === "deferred" ? { status } : {};
  return ledgerSource(deliveries, partition, { mayResolve, ...filter });
}

/** How many people the list has, by the counters of its step; undefined where those do not say. */
export function totalOf(order: WorkOrder, { list, language, mailing, status }: AskedList): number | undefined {
  const step = order.steps[stepOf[list]];
  const counters = step.languages?.[language];
  // A Dry-Run that works or failed has numbers of its own, and not those of the list that is shown.
  // The numbers of Count are those of its time, the list is of now.
  if (list === "left-out" || !mailing.isCurrent) return undefined;
  if (!counters || (list === "dry-run" && step.runId !== step.resultRunId)) return undefined;
  const { sent, failed, inDoubt, skipped } = counters;
  if (list === "skipped") return skipped;
  switch (status) {
    case undefined:
      return sent + failed + inDoubt;
    case "sent":
    case "ok":
      return sent;
    case "failed":
    case "error":
      return failed;
    case "in-doubt":
      return inDoubt;
    default:
      return undefined;
  }
}
