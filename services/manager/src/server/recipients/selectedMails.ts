import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { mostSelectedMails } from "@email-agent/shared/domain/delivery/mailSelection.ts";
import { mailingsOf, type OrderMailing } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { retryFault } from "@email-agent/shared/domain/lifecycle/startGuards.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { type SelectedPeople, selectedPeople } from "@email-agent/shared/run/selectedPeople.ts";
import { ulid } from "ulid";
import { z } from "zod";
import { mostClaims } from "../../api/doubts.ts";
import type { SelectionBody, SelectionMade } from "../../api/recipients.ts";
import { doubtFilter, fittingDeliveries, refuseUnknownLanguage } from "../doubts/chosenDoubts.ts";
import type { Manager } from "../manager.ts";

const person = z.object({ language: z.string().max(20), participantId: z.string().min(1).max(300) });

export const selectionBody = z.union([
  z.object({ people: z.array(person).min(1).max(mostClaims) }),
  z.object({ filter: doubtFilter }),
]) satisfies z.ZodType<SelectionBody>;

type Ports = Pick<Manager, "deliveries" | "selections" | "clock">;

/**
 * Keeps which failed mails of the current mailing a user wants to send again: people of a list, or all that fit a filter. Who
 * of them can be mailed is counted before the start, as for every Send. AppError `conflict` if Send cannot start, or no mail
 * failed; `invalid-input` for too many.
 */
export async function makeSelection(
  ports: Ports,
  user: User,
  order: WorkOrder,
  asked: z.output<typeof selectionBody>,
  signal: AbortSignal,
): Promise<SelectionMade> {
  const fault = retryFault(order, "Send", ports.clock.now());
  if (fault !== undefined) throw new AppError("conflict", fault);
  const [mailing] = mailingsOf(order);
  const people: Record<string, string[]> = {};
  let mails = 0;
  for await (const [language, ids] of chosen(ports, user, mailing, asked, signal)) {
    people[language] = [...(people[language] ?? []), ...ids];
    mails += ids.length;
    if (mails > mostSelectedMails)
      throw new AppError(
        "invalid-input",
        `More than ${count(mostSelectedMails)} mails fit. Choose fewer, or press Retry below the reconciliation, which takes all of them.`,
      );
  }
  if (mails === 0) throw new AppError("conflict", "None of these mails is failed any more. Open the list again.");
  const id = ulid(ports.clock.now());
  const selection = { workOrderId: order.id, mailing: mailing.name, by: user.id };
  await ports.selections.put(id, selection, people, ports.clock.now());
  return { selection: id, mails };
}

async function* chosen(
  ports: Ports,
  user: User,
  mailing: OrderMailing,
  asked: z.output<typeof selectionBody>,
  signal: AbortSignal,
): AsyncGenerator<readonly [language: string, ids: string[]]> {
  if ("filter" in asked) {
    if (asked.filter.language !== undefined) refuseUnknownLanguage(mailing, asked.filter.language);
    for await (const { language, found } of fittingDeliveries(ports, user, mailing, "failed", asked.filter, signal))
      yield [language, found.map(({ participantId }) => participantId)];
    return;
  }
  for (const { language } of asked.people) refuseUnknownLanguage(mailing, language);
  for (const language of mailing.languages) {
    const ids = asked.people.filter((one) => one.language === language).map(({ participantId }) => participantId);
    const now = await ports.deliveries.getMany(mailingKey(mailing, language), [...new Set(ids)]);
    yield [language, [...now.values()].filter(isUnreached).map(({ participantId }) => participantId)];
  }
}

function isUnreached({ status }: { readonly status: string }): boolean {
  return status === "failed" || status === "deferred";
}

/** The people of a selection of an order's current mailing. AppError `conflict` if it is not there, or of another mailing. */
export async function peopleOfSelection(
  { selections, participants }: Pick<Manager, "selections" | "participants">,
  order: WorkOrder,
  id: string,
): Promise<SelectedPeople> {
  const selection = await selections.get(id.slice(0, 100));
  const isOfOrder = selection?.workOrderId === order.id && selection.mailing === mailingsOf(order)[0].name;
  if (!isOfOrder) throw new AppError("conflict", "This selection is of another mailing. Select the mails again.");
  return selectedPeople(participants, await selections.people(id));
}
