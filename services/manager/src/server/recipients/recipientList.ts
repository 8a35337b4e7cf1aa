import type { User } from "@email-agent/shared/domain/configItems.ts";
import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { skipReasons } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { type RecipientListName, returnedStatuses } from "../../api/recipients.ts";
import type { Manager } from "../manager.ts";
import { shownRun } from "../people/peopleAccess.ts";
import type { AskedList } from "./askedList.ts";
import { attentionSource, ledgerSource } from "./deliverySources.ts";
import { dryRunSource } from "./dryRunSource.ts";
import { leftOutSource } from "./leftOutSource.ts";
import type { RecipientSource } from "./recipientSource.ts";
import { returnedSource } from "./returnedSource.ts";
import { skippedSource } from "./skippedSource.ts";

export type ListPorts = Pick<
  Manager,
  "audit" | "bounces" | "deliveries" | "dryRunRecipients" | "runs" | "participants" | "events" | "configTable"
>;

/** The step a list belongs to. */
export const stepOf: Readonly<Record<RecipientListName, StepName>> = {
  "dry-run": "Dry-Run",
  test: "Test",
  send: "Send",
  skipped: "Send",
  "left-out": "Count",
};

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
        skippedSource(ports, { runId, language, ...(reason && { reason }) }),
      );
    case "left-out": {
      const onlyConcerned = !seesAllEvents(user);
      const filter = skipReasons.find((known) => known === reason);
      const left = { order, language, onlyConcerned, ...(filter && { reason: filter }) };
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

function deliverySource(ports: ListPorts, partition: string, { list, status }: AskedList): RecipientSource {
  const { deliveries } = ports;
  const mayResolve = list === "send";
  const returned = returnedStatuses.find((known) => known === status);
  if (returned) return returnedSource(ports, partition, returned);
  if (status === "failed" || status === "in-doubt")
    return attentionSource(deliveries, partition, { status, mayResolve });
  const filter = status === "sent" || status === "sending" || status === "deferred" ? { status } : {};
  return ledgerSource(deliveries, partition, { mayResolve, ...filter });
}

/** How many people the list has, by the counters of its step; undefined where those do not say. */
export function totalOf(order: WorkOrder, { list, language, mailing, status, reason }: AskedList): number | undefined {
  const step = order.steps[stepOf[list]];
  const counters = step.languages?.[language];
  // A Dry-Run that works or failed has numbers of its own, and not those of the list that is shown.
  // The numbers of Count are those of its time, the list is of now.
  if (list === "left-out" || reason !== undefined || !mailing.isCurrent) return undefined;
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
