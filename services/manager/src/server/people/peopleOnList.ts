import type { User } from "@email-agent/shared/domain/configItems.ts";
import { isSearch, peopleQuery } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { z } from "zod";
import { longestPeopleSearch } from "../../api/people.ts";
import { type PeopleListFilter, type PeopleListName, peopleListNames } from "../../api/peopleLists.ts";
import { startOfDay } from "../orders/localTime.ts";
import type { FindPeoplePorts } from "./findPeople.ts";
import { hasFlag, indexed } from "./peopleBlock.ts";
import type { PeopleFound, TimePlace } from "./peopleIndex.ts";
import { peopleIndexFor } from "./peopleIndexes.ts";

const text = z
  .string()
  .trim()
  .max(longestPeopleSearch, `Shorten the filter to ${longestPeopleSearch} characters.`)
  .default("");

export const listFilter = z.object({
  q: text.refine((q) => q === "" || isSearch(q), "Type two letters at least."),
  code: text.refine((code) => /^[\d.]*$/.test(code), "Enter an SMTP code, as 5.1.1."),
  domain: text.transform((domain) => domain.toLowerCase().replace(/^@/, "")),
  since: text.refine((since) => since === "" || !Number.isNaN(Date.parse(since)), "Enter a day, as 2026-03-01."),
}) satisfies z.ZodType<PeopleListFilter>;

/** AppError `not-found` for an address that names no list. */
export function listNamed(name: string): PeopleListName {
  const list = peopleListNames.find((known) => known === name);
  if (!list) throw new AppError("not-found", "There is no such list of people.");
  return list;
}

/** When a person came on the list (ISO time); undefined where that is not known. */
export function onListSince(list: PeopleListName, { unsubscribedAt, suppression }: Participant): string | undefined {
  return (list === "unsubscribed" ? unsubscribedAt : suppression?.at) ?? undefined;
}

/** True if a record, as it is now, is on the list and fits the filter; it reads no further record. */
export function listTest(
  user: Pick<User, "showAddresses">,
  list: PeopleListName,
  { q, code, domain, since }: PeopleListFilter,
): (person: Participant) => boolean {
  const query = q === "" ? undefined : peopleQuery(q, user.showAddresses ? "part" : "whole");
  const from = since === "" ? undefined : Date.parse(since);
  return (person) => {
    if (person.forgotten || !hasFlag(person, list)) return false;
    if (query && !query.fits(indexed(person))) return false;
    if (code !== "" && !isCode(person.suppression?.code ?? "", code)) return false;
    if (domain !== "" && !isBelow((person.email ?? "").trim().toLowerCase(), domain)) return false;
    return from === undefined || Date.parse(onListSince(list, person) ?? "") >= from;
  };
}

function isCode(code: string, wanted: string): boolean {
  return code === wanted || code.startsWith(wanted.endsWith(".") ? wanted : `${wanted}.`);
}

function isBelow(email: string, domain: string): boolean {
  return email.endsWith(`@${domain}`) || (email.includes("@") && email.endsWith(`.${domain}`));
}

/** A day of the filter begins in the time zone of the organisation, as the page shows its times. */
async function sinceInstant({ configTable }: FindPeoplePorts, { since }: PeopleListFilter): Promise<string> {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(since)) return since;
  return startOfDay(since, (await configTable.settings()).timeZone) ?? since;
}

/** Some people of a list, as their records are now. */
interface ListStep extends Pick<PeopleFound, "reading"> {
  /** Everyone on the list, whatever the filter. */
  readonly total: number;
  readonly people: readonly Participant[];
  /** Where the list goes on; absent at its end. */
  readonly next?: TimePlace;
}

const perStep = 100;

/**
 * The people of a list who fit a filter, those who came on it last first: found in the index of the people this user may
 * see, each record read again by key. `waitMilliseconds`: how long a step may wait for people who are being read for the first time;
 * a step with `reading` may lack some.
 */
export async function* peopleOnList(
  ports: FindPeoplePorts,
  user: User,
  list: PeopleListName,
  filter: PeopleListFilter,
  { after, waitMilliseconds, signal }: { after?: TimePlace; waitMilliseconds: number; signal: AbortSignal },
): AsyncGenerator<ListStep> {
  const index = peopleIndexFor(ports, user);
  const since = await sinceInstant(ports, filter);
  const fits = listTest(user, list, { ...filter, since });
  const query = filter.q === "" ? undefined : peopleQuery(filter.q, user.showAddresses ? "part" : "whole");
  const firstSecond = since === "" ? undefined : Math.floor(Date.parse(since) / 1000);
  let place = after;
  do {
    const found = await index.matching({
      ...{ flag: list, limit: perStep, waitMilliseconds, signal },
      ...(query && { query }),
      ...(place && { after: place }),
    });
    const ids = found.people.map(({ participantId }) => participantId);
    const now = await ports.participants.getMany(ids);
    signal.throwIfAborted();
    const last = found.people.at(-1);
    const isBehind = firstSecond !== undefined && last !== undefined && last.second < firstSecond;
    place = found.hasMore && last && !isBehind ? { second: last.second, participantId: last.participantId } : undefined;
    yield {
      people: ids.flatMap((id) => now.get(id) ?? []).filter(fits),
      total: found.total,
      ...(found.reading && { reading: found.reading }),
      ...(place && { next: place }),
    };
  } while (place);
}

const completeWaitMilliseconds = 2000;

/** As `peopleOnList`, but only once everyone is read: for what must not lack anyone. */
export async function* everyoneOnList(
  ports: FindPeoplePorts,
  user: User,
  list: PeopleListName,
  filter: PeopleListFilter,
  signal: AbortSignal,
): AsyncGenerator<readonly Participant[]> {
  const index = peopleIndexFor(ports, user);
  const wait = { flag: list, limit: 1, waitMilliseconds: completeWaitMilliseconds, signal };
  while ((await index.matching(wait)).reading) signal.throwIfAborted();
  for await (const { people } of peopleOnList(ports, user, list, filter, { waitMilliseconds: 0, signal })) yield people;
}
