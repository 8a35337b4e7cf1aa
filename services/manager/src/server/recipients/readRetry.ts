import { type Mailing, skipReason } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { configured, loadMailing } from "@email-agent/shared/run/loadMailing.ts";
import type { OrderRetry } from "../../api/recipients.ts";
import type { Manager } from "../manager.ts";

type RetryPorts = Pick<Manager, "deliveries" | "participants" | "events" | "configTable">;

const peopleAtOnce = 100;

/**
 * Which of the failed and waiting mails a start of Send would try again now, and why it would not try the others: judged
 * by the one recipient filter on each person's record as it is now. Throws AppError `configuration` as Count does.
 */
export async function readRetry(ports: RetryPorts, order: WorkOrder, signal: AbortSignal): Promise<OrderRetry> {
  const loaded = await loadMailing({ events: ports.events, config: ports.configTable }, order);
  const excluded: Record<string, number> = {};
  let mails = 0;
  for (const language of loaded.languages) {
    const mailing = loaded.mailing(language);
    for await (const ids of notReached(ports, mailing.mailingKey, signal)) {
      for (const reason of await judge(ports, mailing, ids)) {
        if (reason === undefined) mails += 1;
        else excluded[reason] = (excluded[reason] ?? 0) + 1;
      }
    }
  }
  const reasons = Object.entries(excluded).map(([reason, people]) => ({ reason, people }));
  return { mails, excluded: reasons.sort((one, other) => other.people - one.people) };
}

/** Ids of people whose mail failed or waits, some at a time. */
async function* notReached(
  { deliveries }: RetryPorts,
  partition: string,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  let ids: string[] = [];
  for await (const page of deliveries.standings(partition, signal)) {
    for (const { participantId, status } of page)
      if (status === "failed" || status === "deferred") ids.push(participantId);
    for (; ids.length >= peopleAtOnce; ids = ids.slice(peopleAtOnce)) yield ids.slice(0, peopleAtOnce);
  }
  if (ids.length > 0) yield ids;
}

async function judge(
  { participants }: RetryPorts,
  mailing: Mailing,
  ids: readonly string[],
): Promise<(string | undefined)[]> {
  const people = await participants.getMany(ids);
  const ledger = { reached: false, failedPermanently: false };
  return ids.map((id) => {
    const person = people.get(id);
    return person ? configured(() => skipReason(mailing, person, ledger, "user-started")) : "no-record";
  });
}
