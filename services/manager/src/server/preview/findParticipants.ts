import type { User } from "@email-agent/shared/domain/configItems.ts";
import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import { isSearch, recipientSearch } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { FoundParticipants } from "../../api/preview.ts";
import type { Manager } from "../manager.ts";
import { type FindPeoplePorts, findPeople } from "../people/findPeople.ts";
import { foundOnLists } from "../people/searchPeople.ts";
import { personFor, shownPerson } from "./previewPerson.ts";

type FindPorts = FindPeoplePorts & Pick<Manager, "searches" | "searchRate">;

const resultsLimit = 10;
const defaultMilliseconds = 3000;
/** No name and no address is longer, and no key of a table may be much longer. */
const longestSearch = 300;

/**
 * `GET /api/work-orders/{id}/participants?search=`: up to ten people the user may see whose name (or a word of it) begins
 * with `search`, or whose id or address it is: from the index of People for users who see everyone, else from the lists of
 * their orders, which are read until ten are found or the time is over. Few searches run at once in a process, and few per minute for one user.
 *
 * @throws AppError `busy`, `too-many-requests`, `storage`; `signal.reason` when aborted
 */
export async function findParticipants(
  ports: FindPorts,
  user: User,
  order: WorkOrder,
  search: string,
  signal?: AbortSignal,
  milliseconds = defaultMilliseconds,
): Promise<FoundParticipants> {
  const wanted = search.trim().slice(0, longestSearch);
  if (!isSearch(wanted)) return { participants: [] };
  ports.searchRate.take(user.id);
  return ports.searches.run(() => find(ports, user, order, wanted, milliseconds, signal), signal);
}

async function find(
  ports: FindPorts,
  user: User,
  order: WorkOrder,
  wanted: string,
  milliseconds: number,
  asked: AbortSignal | undefined,
): Promise<FoundParticipants> {
  const timeUp = AbortSignal.timeout(milliseconds);
  const { found, note } = seesAllEvents(user)
    ? await fromIndex(ports, user, wanted, timeUp, asked)
    : await fromLists(ports, user, order, wanted, timeUp, asked);
  const shown = found.toSorted(
    (one, other) => one.name.localeCompare(other.name, "en") || one.id.localeCompare(other.id, "en"),
  );
  return { participants: shown, ...(note && { note }) };
}

interface Found {
  readonly found: FoundParticipants["participants"];
  readonly note?: string;
}

/** From the index of People, until everyone is read for it, or ten are found. */
async function fromIndex(
  ports: FindPorts,
  user: User,
  text: string,
  timeUp: AbortSignal,
  asked: AbortSignal = new AbortController().signal,
): Promise<Found> {
  for (;;) {
    const { rows, next, reading } = await findPeople(ports, user, { text }, asked);
    const found = rows.slice(0, resultsLimit).map(({ id, name, email }) => ({ id, name, email }));
    if (rows.length > resultsLimit || (next !== undefined && rows.length === resultsLimit))
      return { found, note: isCut };
    if (!reading) return { found };
    if (timeUp.aborted) return { found, note: isEnded };
  }
}

/** From the lists of the user's orders, read until ten are found. */
async function fromLists(
  ports: FindPorts,
  user: User,
  order: WorkOrder,
  wanted: string,
  timeUp: AbortSignal,
  asked: AbortSignal | undefined,
): Promise<Found> {
  const signal = asked ? AbortSignal.any([asked, timeUp]) : timeUp;
  const matches = recipientSearch(wanted, user.showAddresses ? "part" : "whole");
  const { found, note } = await firstOf(foundOnLists(ports, user, order, { id: wanted, matches, signal }), timeUp);
  return { found: found.map((participant) => shownPerson(personFor(user, participant))), ...(note && { note }) };
}

const isCut = `These are the first ${resultsLimit}. Type more of the name for others.`;
const isEnded = "The search ended before it had read everyone. Type the exact id or address to find any person.";

/** The first people; `note` says why there may be more. */
async function firstOf(
  pages: AsyncIterable<readonly Participant[]>,
  timeUp: AbortSignal,
): Promise<{ readonly found: readonly Participant[]; readonly note?: string }> {
  const found = new Map<string, Participant>();
  try {
    for await (const page of pages) {
      for (const participant of page) {
        found.set(participant.id, participant);
        if (found.size >= resultsLimit)
          return {
            found: [...found.values()],
            note: isCut,
          };
      }
    }
  } catch (error) {
    if (error !== timeUp.reason) throw error;
    return {
      found: [...found.values()],
      note: isEnded,
    };
  }
  return { found: [...found.values()] };
}
