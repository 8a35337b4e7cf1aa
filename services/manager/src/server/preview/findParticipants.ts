import type { User } from "@email-agent/shared/domain/configItems.ts";
import { recipientSearch } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import type { FoundParticipants } from "../../api/preview.ts";
import type { Manager } from "../manager.ts";
import { personFor, shownPerson } from "./previewPerson.ts";

const resultsLimit = 10;
const defaultMilliseconds = 3000;
/** No name and no address is longer, and no key of a table may be much longer. */
const longestSearch = 300;

/**
 * `GET /api/work-orders/{id}/participants?search=`: up to ten people whose name (or a word of it) begins so, or whose id
 * or address it is. The table has no index by name, so it is read until there are ten or the time is over.
 *
 * @throws AppError `storage`; `signal.reason` when aborted
 */
export async function findParticipants(
  { participants }: Pick<Manager, "participants">,
  user: Pick<User, "showAddresses">,
  search: string,
  signal?: AbortSignal,
  milliseconds = defaultMilliseconds,
): Promise<FoundParticipants> {
  const wanted = search.trim().slice(0, longestSearch);
  if (wanted === "") return { participants: [] };
  const found = new Map<string, Participant>();
  const byId = await participants.get(wanted);
  if (byId) found.set(byId.id, byId);
  const matches = recipientSearch(wanted, user.showAddresses ? "prefix" : "whole");
  const timeUp = AbortSignal.timeout(milliseconds);
  const note = await firstMatches(participants, found, matches, timeUp, signal);
  const shown = [...found.values()]
    .map((participant) => shownPerson(personFor(user, participant)))
    .toSorted((one, other) => one.name.localeCompare(other.name, "en") || one.id.localeCompare(other.id, "en"));
  return { participants: shown, ...(note && { note }) };
}

/** Adds to `found`; the answer says why there may be more. */
async function firstMatches(
  participants: Manager["participants"],
  found: Map<string, Participant>,
  matches: ReturnType<typeof recipientSearch>,
  timeUp: AbortSignal,
  signal?: AbortSignal,
): Promise<string | undefined> {
  let seen = 0;
  try {
    for await (const page of participants.pages({ signal: signal ? AbortSignal.any([signal, timeUp]) : timeUp })) {
      seen += page.length;
      for (const participant of page) {
        if (!matches({ name: personName(participant), email: participant.email ?? "" })) continue;
        found.set(participant.id, participant);
        if (found.size >= resultsLimit) return `These are the first ${resultsLimit}. Type more of the name for others.`;
      }
    }
  } catch (error) {
    if (error !== timeUp.reason) throw error;
    return `The search ended after ${seen} people. Type the exact id or address to find anybody.`;
  }
  return undefined;
}
