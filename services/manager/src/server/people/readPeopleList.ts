import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { peoplePageRows } from "../../api/people.ts";
import type {
  PeopleListCount,
  PeopleListFilter,
  PeopleListName,
  PeopleListPage,
  PeopleListRow,
} from "../../api/peopleLists.ts";
import { localTimes } from "../orders/localTime.ts";
import { byteOrderMark, csvLine, csvResponse } from "../recipients/csvText.ts";
import { listCursors } from "../recipients/cursor.ts";
import { streamText } from "../recipients/streamText.ts";
import type { FindPeoplePorts } from "./findPeople.ts";
import type { TimePlace } from "./peopleIndex.ts";
import { everyoneOnList, listFilter, onListSince, peopleOnList } from "./peopleOnList.ts";
import { maySeeMailing, personRow } from "./personRow.ts";

/** So long a response may wait for people who are being read for the first time. */
const waitMilliseconds = 500;
/** A filter that fits few people gives a page with few rows after so long, and goes on behind it. */
const pageMilliseconds = 1500;

/** The filter of a query. AppError `invalid-input` naming the field that does not fit. */
function filterOf(query: URLSearchParams): PeopleListFilter {
  const { data, error } = listFilter.safeParse(Object.fromEntries(query));
  if (data) return data;
  const issue = error.issues[0];
  const message = issue?.message ?? "The filter does not fit.";
  throw new AppError("invalid-input", message, { details: { fields: { [String(issue?.path[0])]: message } } });
}

/** A page of a list. */
export async function readPeopleList(
  ports: FindPeoplePorts,
  user: User,
  list: PeopleListName,
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<PeopleListPage> {
  const filter = filterOf(query);
  const parts = ["people-list", list, ...Object.values(filter), ...user.eventAccess];
  const cursors = listCursors(ports.config, ports.clock, parts);
  const cursor = query.get("cursor");
  const begun = cursor ? await cursors.from(cursor) : undefined;
  const [second = "0", participantId = ""] = begun?.place ?? [];
  const after = begun && { second: Number(second), participantId };
  const options = { ...(after && { after }), waitMilliseconds, signal };
  const until = performance.now() + pageMilliseconds;
  const rows: PeopleListRow[] = [];
  let last: { total: number; next?: TimePlace; reading?: PeopleListPage["reading"] } | undefined;
  for await (const step of peopleOnList(ports, user, list, filter, options)) {
    last = step;
    for (const person of step.people) {
      if (rows.length < peoplePageRows) rows.push(listRow(user, list, person));
      else break;
    }
    if (step.people.length > 0 && rows.length >= peoplePageRows) {
      last = { ...step, ...behind(list, step.people, rows) };
      break;
    }
    if (performance.now() > until || step.reading) break;
  }
  const given = (begun?.given ?? 0) + rows.length;
  const isFiltered = Object.values(filter).some((value) => value !== "");
  const { next, reading, total } = last ?? { total: 0 };
  const place = next && [String(next.second), next.participantId];
  const { zone: timeZone } = localTimes((await ports.configTable.settings()).timeZone);
  return {
    rows,
    timeZone,
    from: (begun?.given ?? 0) + 1,
    ...(place && { next: await cursors.to({ place, given, read: given }) }),
    ...(reading && { reading }),
    ...(!isFiltered && { total }),
  };
}

/** Where a full page ends: behind its last row, which may be in the middle of a step. */
function behind(list: PeopleListName, people: readonly Participant[], rows: readonly PeopleListRow[]) {
  const last = people.find(({ id }) => id === rows.at(-1)?.id);
  if (!last || last === people.at(-1)) return {};
  const milliseconds = Date.parse(onListSince(list, last) ?? "");
  return { next: { second: Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000), participantId: last.id } };
}

function listRow(user: User, list: PeopleListName, person: Participant): PeopleListRow {
  const { unsubscribedBy } = person;
  const isShown = list === "unsubscribed" && unsubscribedBy && maySeeMailing(user, unsubscribedBy);
  return { ...personRow(user, person), ...(isShown && { by: unsubscribedBy }) };
}

/** How many people fit a filter now. */
export async function countPeopleList(
  ports: FindPeoplePorts,
  user: User,
  list: PeopleListName,
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<PeopleListCount> {
  let people = 0;
  for await (const some of everyoneOnList(ports, user, list, filterOf(query), signal)) people += some.length;
  return { people };
}

/** The list as a CSV file. AppError `forbidden` without `exportCsv`. */
export async function exportPeopleList(
  ports: FindPeoplePorts,
  user: User,
  list: PeopleListName,
  query: URLSearchParams,
  asked: AbortSignal,
): Promise<Response> {
  if (!user.exportCsv) throw new AppError("forbidden", "Your rights do not include the export of lists.");
  const filter = filterOf(query);
  const leave = new AbortController();
  const signal = AbortSignal.any([asked, leave.signal]);
  const { timeZone } = await ports.configTable.settings();
  const times = localTimes(timeZone);
  const timeOf = (at: string | undefined) => (at === undefined || Number.isNaN(Date.parse(at)) ? "" : times.of(at));
  const reason = list === "suppressed" ? "SMTP code" : "How";
  async function* lines(): AsyncGenerator<string> {
    yield byteOrderMark + csvLine(["Participant ID", "Name", "Email", `Since (${times.zone})`, reason]);
    for await (const people of everyoneOnList(ports, user, list, filter, signal)) {
      const rows = people.map((person) => {
        const { id, name, email, suppressed, by = "" } = listRow(user, list, person);
        const why = list === "suppressed" ? (suppressed?.code ?? "") : by;
        return csvLine([id, name, email, timeOf(onListSince(list, person)), why]);
      });
      if (rows.length > 0) yield rows.join("");
    }
  }
  return csvResponse(await streamText(lines(), (cause) => leave.abort(cause)), `${list}.csv`);
}
