import { fitsSortKey } from "@email-agent/shared/adapters/sortKey.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import { isSearch, type PeopleQuery, peopleQuery } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { longestPeopleSearch, type PeoplePage, peoplePageRows } from "../../api/people.ts";
import type { Manager } from "../manager.ts";
import { listCursors } from "../recipients/cursor.ts";
import type { Place } from "../recipients/recipientSource.ts";
import type { PeopleAccessPorts } from "./peopleAccess.ts";
import { hasFlag, indexed, type PeopleFlag } from "./peopleBlock.ts";
import type { PeopleFound } from "./peopleIndex.ts";
import { peopleIndexFor } from "./peopleIndexes.ts";
import { personRow } from "./personRow.ts";

export type FindPeoplePorts = PeopleAccessPorts &
  Pick<Manager, "participants" | "contacts" | "people" | "log" | "clock" | "config">;

/** Which people a list shows, page by page. */
export interface PeopleAsked {
  /** Blank: everyone. */
  readonly text: string;
  /** Only people with this flag, those who got it last first; else the order is by name. */
  readonly flag?: PeopleFlag;
  readonly cursor?: string | undefined;
}

/** So long a response may wait for people who are being read for the first time. */
const waitMilliseconds = 500;

/**
 * A page of the people a user may see: from the index in memory, each read again by key, so that what is shown is
 * current; who does not fit any more drops out. While the index is read for the first time, the page has who was found
 * so far, and `reading`: then ask again.
 *
 * @throws AppError `invalid-input` for a search that is too short, and a cursor of another list
 */
export async function findPeople(
  ports: FindPeoplePorts,
  user: User,
  { text, flag, cursor }: PeopleAsked,
  signal: AbortSignal,
): Promise<PeoplePage> {
  const wanted = text.trim().slice(0, longestPeopleSearch);
  if (wanted !== "" && !isSearch(wanted)) throw new AppError("invalid-input", "Type two letters at least.");
  const query = wanted === "" ? undefined : peopleQuery(wanted, user.showAddresses ? "part" : "whole");
  const cursors = listCursors(ports.config, ports.clock, ["people", wanted, flag ?? "", ...user.eventAccess]);
  const begun = cursor ? await cursors.from(cursor) : undefined;
  const isCurrent = (person: Participant) =>
    (!flag || hasFlag(person, flag)) && (!query || query.fits(indexed(person)));
  const exact = query && (await personWithId(ports, user, wanted, isCurrent));
  const rows: Participant[] = exact && !begun ? [exact] : [];
  let place = begun?.place;
  let found: StepFound | undefined;
  do {
    found = await step(ports, user, { query, flag, place }, signal);
    const ids = found.people.map(({ participantId }) => participantId);
    const now = await ports.participants.getMany(ids);
    signal.throwIfAborted();
    const current = ids.flatMap((id) => now.get(id) ?? []).filter((one) => one.id !== exact?.id && isCurrent(one));
    rows.push(...current);
    place = found.next ?? place;
  } while (found.next && rows.length < peoplePageRows && !found.reading);
  const given = (begun?.given ?? 0) + rows.length;
  return {
    rows: rows.map((person) => personRow(user, person)),
    from: (begun?.given ?? 0) + 1,
    ...(found.next && place && { next: await cursors.to({ place, given, read: given }) }),
    ...(found.reading && { reading: found.reading }),
    ...(found.total !== undefined && { total: found.total }),
  };
}

/** Whom the exact id names, at once, however large the table is. Others than these users read nothing by a guessed id. */
async function personWithId(
  { participants }: FindPeoplePorts,
  user: User,
  id: string,
  isCurrent: (person: Participant) => boolean,
): Promise<Participant | undefined> {
  if (!seesAllEvents(user) || !fitsSortKey(id)) return undefined;
  const person = await participants.get(id);
  return person && isCurrent(person) ? person : undefined;
}

interface StepFound extends Omit<PeopleFound, "hasMore"> {
  readonly next?: Place;
  readonly total?: number;
}

interface Step {
  readonly query: PeopleQuery | undefined;
  readonly flag: PeopleFlag | undefined;
  readonly place: Place | undefined;
}

async function step(
  ports: FindPeoplePorts,
  user: User,
  { query, flag, place }: Step,
  signal: AbortSignal,
): Promise<StepFound> {
  const index = peopleIndexFor(ports, user);
  const asked = { ...(query && { query }), limit: peoplePageRows, waitMilliseconds, signal };
  const [value = "", participantId = ""] = place ?? [];
  if (flag) {
    const after = place && { second: Number(value), participantId };
    const { hasMore, ...found } = await index.matching({ ...asked, flag, ...(after && { after }) });
    const last = found.people.at(-1);
    return { ...found, ...(hasMore && last && { next: [String(last.second), last.participantId] }) };
  }
  const after = place && { name: value.slice(1), participantId };
  const { hasMore, ...found } = await index.search({ ...asked, ...(after && { after }) });
  const last = found.people.at(-1);
  // A cursor holds no blank text, and a name may be blank.
  return { ...found, ...(hasMore && last && { next: [`=${last.name}`, last.participantId] }) };
}
