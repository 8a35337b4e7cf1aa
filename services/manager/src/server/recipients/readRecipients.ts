import type { User } from "@email-agent/shared/domain/configItems.ts";
import { recipientSearch } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import {
  longestRecipientSearch,
  type RecipientPage,
  type RecipientRow,
  recipientPageRows,
} from "../../api/recipients.ts";
import type { Manager } from "../manager.ts";
import { askedList } from "./askedList.ts";
import { listCursors, type Progress } from "./cursor.ts";
import { shownTo } from "./recipient.ts";
import { type FoundList, type ListPorts, listOf, totalOf } from "./recipientList.ts";
import type { ListRead } from "./recipientSource.ts";

/** After this long a search returns what it has found, and the cursor to go on. */
const searchMilliseconds = 1000;

/**
 * One page of a list: `list`, `language`, `status`, `q` and `cursor` of the query. A filter or a search that finds little
 * returns after a second, with the cursor to go on. Few searches run at once in a process (AppError `busy`).
 */
export async function readRecipients(
  ports: ListPorts & Pick<Manager, "clock" | "config" | "searches">,
  user: Pick<User, "showAddresses" | "eventAccess">,
  order: WorkOrder,
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<RecipientPage> {
  const asked = askedList(order, user, query);
  const total = totalOf(order, asked);
  const list = await listOf(ports, user, order, asked);
  if (!list) return { rows: [], read: 0, total: 0 };
  const text = (query.get("q") ?? "").trim().slice(0, longestRecipientSearch);
  const cursors = listCursors(ports.config, ports.clock, [...list.parts, text]);
  const cursor = query.get("cursor");
  const begun = cursor ? await cursors.from(cursor) : undefined;
  // A search by a part of an address would reveal it letter by letter.
  const accepts = text === "" ? undefined : recipientSearch(text, user.showAddresses ? "part" : "whole");
  const read = () => {
    const until = ports.clock.now() + searchMilliseconds;
    return readPage(list, { ...(accepts && { accepts }), signal }, begun, () => ports.clock.now() >= until);
  };
  const looksAtMany = accepts !== undefined || asked.list === "left-out";
  const page = looksAtMany ? await ports.searches.run(read, signal) : await read();
  const first = (begun?.given ?? 0) + 1;
  const rows = page.found.map(
    (recipient, index): RecipientRow => ({ number: first + index, ...shownTo(user, recipient) }),
  );
  return {
    rows,
    read: page.read,
    ...(total !== undefined && { total }),
    ...(page.next && { next: await cursors.to(page.next) }),
  };
}

async function readPage(
  { source }: FoundList,
  read: Pick<ListRead, "accepts" | "signal">,
  begun: Progress | undefined,
  isOver: () => boolean,
) {
  const found: Parameters<typeof shownTo>[1][] = [];
  const given = begun?.given ?? 0;
  let looked = begun?.read ?? 0;
  for await (const step of source({ ...read, atOnce: recipientPageRows, ...(begun && { after: begun.place }) })) {
    for (const { recipient, place, position } of step.found) {
      found.push(recipient);
      if (found.length < recipientPageRows) continue;
      const isEnd = step.readTo === undefined && position === step.looked;
      const next = { place, given: given + found.length, read: looked + position };
      return { found, read: next.read, ...(!isEnd && { next }) };
    }
    looked += step.looked;
    if (step.readTo === undefined) break;
    if (isOver())
      return { found, read: looked, next: { place: step.readTo, given: given + found.length, read: looked } };
  }
  return { found, read: looked };
}
