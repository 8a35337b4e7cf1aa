import { isReached } from "@email-agent/shared/domain/delivery/delivery.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { type Mailing, type SkipReason, skipReason } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { configured, loadMailing } from "@email-agent/shared/run/loadMailing.ts";
import type { Manager } from "../manager.ts";
import type { Recipient } from "./recipient.ts";
import type { ListStep, RecipientSource } from "./recipientSource.ts";

type LeftOutPorts = Pick<Manager, "participants" | "deliveries" | "events" | "configTable">;

interface LeftOut {
  readonly order: WorkOrder;
  readonly language: string;
  /** Only people left out for this reason. */
  readonly reason?: SkipReason;
  /** Only people whom the pools accept: for users who may see the people of their events and no others. */
  readonly onlyConcerned: boolean;
}

const peopleAtOnce = 250;

/**
 * Whom the mailing leaves out as things are now, and why, by the filter of Count, Dry-Run and Send, in the order in which
 * the table is scanned. A search also finds people who would be mailed, so that one person's verdict is always shown.
 */
export function leftOutSource(ports: LeftOutPorts, asked: LeftOut): RecipientSource {
  return async function* ({ after, accepts, signal }) {
    const mailing = await mailingOf(ports, asked);
    let key = after?.[0] === undefined ? undefined : JSON.stringify({ id: after[0] });
    do {
      signal.throwIfAborted();
      const page = await ports.participants.page({
        ...{ segment: 0, segments: 1, limit: peopleAtOnce },
        ...(key !== undefined && { after: key }),
      });
      const judged = await judge(ports, mailing, page.participants, asked);
      const found = judged.flatMap(({ participant, reason }, index) => {
        const recipient = recipientOf(participant, reason);
        const isWanted = reason !== undefined || (accepts !== undefined && asked.reason === undefined);
        return isWanted && (!accepts || accepts(recipient))
          ? [{ recipient, place: [participant.id], position: index + 1 }]
          : [];
      });
      key = page.next;
      const last = page.participants.at(-1)?.id;
      yield {
        found,
        looked: judged.length,
        ...(key !== undefined && last !== undefined && { readTo: [last] }),
      } satisfies ListStep;
    } while (key !== undefined);
  };
}

/** True if the mailing of an order concerns this person: its list *left out* shows them to users of its event. */
export async function isLeftOutFor(
  ports: Omit<LeftOutPorts, "deliveries">,
  order: WorkOrder,
  id: string,
): Promise<boolean> {
  const [language] = order.languages;
  const person = (await ports.participants.getMany([id])).get(id);
  return (
    person !== undefined && language !== undefined && isConcerned(await mailingOf(ports, { order, language }), person)
  );
}

async function mailingOf(
  { events, configTable }: Omit<LeftOutPorts, "deliveries">,
  { order, language }: Pick<LeftOut, "order" | "language">,
): Promise<Mailing> {
  const loaded = await loadMailing({ events, config: configTable }, order);
  const known = loaded.languages.find(({ code }) => code === language);
  if (!known) throw new Error(`The order ${order.id} has no language ${language}.`);
  return loaded.mailing(known);
}

/** The people of a page that may be shown, with their reasons. */
async function judge(
  { deliveries }: LeftOutPorts,
  mailing: Mailing,
  people: readonly Participant[],
  { reason: wanted, onlyConcerned }: LeftOut,
): Promise<{ readonly participant: Participant; readonly reason: SkipReason | undefined }[]> {
  const ledger = await deliveries.getMany(
    mailing.mailingKey,
    people.map(({ id }) => id),
  );
  return people.flatMap((participant) => {
    if (onlyConcerned && !isConcerned(mailing, participant)) return [];
    const delivery = ledger.get(participant.id);
    const reached = delivery !== undefined && isReached(delivery.status);
    const reason = configured(() =>
      skipReason(mailing, participant, { reached, failedPermanently: false }, "user-started"),
    );
    return wanted !== undefined && reason !== wanted ? [] : [{ participant, reason }];
  });
}

/** A broken record has no readable event, so it belongs to no event of the user. */
function isConcerned({ event, stage, subEvent, pools }: Mailing, participant: Participant): boolean {
  if (participant.invalidRecord) return false;
  const accepts = (pool: string) => configured(() => pools.accepts(pool, participant, event, subEvent));
  return event.config.pool != null && accepts(event.config.pool) && stage.pools.every(accepts);
}

function recipientOf(
  { id, first, last, email, invalidRecord }: Participant,
  reason: SkipReason | undefined,
): Recipient {
  const name = [first, last].filter(Boolean).join(" ");
  const person = { participantId: id, name, email: (email ?? "").trim() };
  if (reason === undefined) return { ...person, status: "ok" };
  const response = reason === "invalid-record" && invalidRecord;
  return {
    ...person,
    ...{ status: "skipped", reason },
    ...(response && { response: `Field ${response.field}: ${response.problem}` }),
  };
}
