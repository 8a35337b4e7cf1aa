import type { User } from "@email-agent/shared/domain/configItems.ts";
import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import { isSearch, recipientSearch } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { FoundParticipants } from "../../api/preview.ts";
import type { Manager } from "../manager.ts";
import type { PeopleAccessPorts } from "../people/peopleAccess.ts";
import { everyoneFound, foundOnLists } from "../people/searchPeople.ts";
import { personFor, shownPerson } from "./previewPerson.ts";

type FindPorts = PeopleAccessPorts & Pick<Manager, "participants" | "searches" | "searchRate">;

const resultsLimit = 10;
const defaultMilliseconds = 3000;
/** No name and no address is longer, and no key of a table may be much longer. */
const longestSearch = 300;

/**
 * `GET /api/work-orders/{id}/participants?search=`: up to ten people the user may see whose name (or a word of it) begins
 * with `search`, or whose id or address it is. There is no index by name, so tables and lists are read until ten are found
 * or the time is over. Few searches run at once in a process, and few per minute for one user.
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
  const signal = asked ? AbortSignal.any([asked, timeUp]) : timeUp;
  const matches = recipientSearch(wanted, user.showAddresses ? "part" : "whole");
  const search = { id: wanted, matches, signal };
  const pages = seesAllEvents(user) ? everyoneFound(ports, search) : foundOnLists(ports, user, order, search);
  const { found, note } = await firstOf(pages, timeUp);
  const shown = found
    .map((participant) => shownPerson(personFor(user, participant)))
    .toSorted((one, other) => one.name.localeCompare(other.name, "en") || one.id.localeCompare(other.id, "en"));
  return { participants: shown, ...(note && { note }) };
}

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
            note: `These are the first ${resultsLimit}. Type more of the name for others.`,
          };
      }
    }
  } catch (error) {
    if (error !== timeUp.reason) throw error;
    return {
      found: [...found.values()],
      note: "The search ended before it had read everyone. Type the exact id or address to find any person.",
    };
  }
  return { found: [...found.values()] };
}
