import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { type SkipReason, skipReasons } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { RecipientListName, RecipientStatus } from "../../api/recipients.ts";

/** The list that is open, as it stands in the address: it can be shared, and Back closes it. */
export interface ShownList {
  readonly list: RecipientListName;
  readonly language: string;
  /** Of the list of Send: name of an earlier mailing of the order; absent: the current one. */
  readonly mailing?: string;
  readonly status?: RecipientStatus;
  /** Of the list of those left out. */
  readonly reason?: SkipReason;
  /** What is searched for. */
  readonly q?: string;
}

const deliveryStatuses = ["sent", "failed", "in-doubt", "deferred", "sending"] as const;

/** The filters of each list, in the order in which they are offered. */
export const statusesOf: Readonly<Record<RecipientListName, readonly RecipientStatus[]>> = {
  "dry-run": ["ok", "error"],
  test: deliveryStatuses,
  send: deliveryStatuses,
  skipped: [],
  "left-out": [],
};

const lists = Object.keys(statusesOf) as RecipientListName[];
const names = ["list", "mailing", "language", "status", "reason", "q"] as const;

/** The list an address names; undefined if none. A language or filter that does not exist gives way to the first, or none. */
export function listInAddress(
  query: Pick<URLSearchParams, "get">,
  order: Parameters<typeof mailingsOf>[0],
): ShownList | undefined {
  const list = lists.find((name) => name === query.get("list"));
  const [current, ...earlier] = mailingsOf(order);
  const mailing = list === "send" ? earlier.find(({ name }) => name === query.get("mailing")) : undefined;
  const { languages } = mailing ?? current;
  const language = languages.find((code) => code === query.get("language")) ?? languages[0];
  if (!list || language === undefined) return undefined;
  const status = statusesOf[list].find((name) => name === query.get("status"));
  const reason = list === "left-out" && skipReasons.find((name) => name === query.get("reason"));
  const q = query.get("q")?.trim();
  const of = mailing && { mailing: mailing.name };
  return { list, ...of, language, ...(status && { status }), ...(reason && { reason }), ...(q && { q }) };
}

/** An address with this list open (`undefined`: closed); what else stands in `search` stays. */
export function listAddress(search: string, shown: ShownList | undefined): string {
  const query = new URLSearchParams(search);
  for (const name of names) query.delete(name);
  for (const name of names) {
    const value = shown?.[name];
    if (value) query.set(name, value);
  }
  return `?${query}`;
}

/** Next.js writes into the state it is given, and looks past one that carries its marks: each needs an object of its own. */
const stateOf = (openedHere: boolean) => ({ recipientsOpenedHere: openedHere });
const wasOpenedHere = () =>
  (history.state as Partial<ReturnType<typeof stateOf>> | null)?.recipientsOpenedHere === true;

/** Opens a list of the order one looks at. */
export function openList(shown: ShownList): void {
  history.pushState(stateOf(true), "", listAddress(location.search, shown));
}

/** Shows another list, filter or search in place of the one that is open: Back still closes the window. */
export function changeList(shown: ShownList): void {
  history.replaceState(stateOf(wasOpenedHere()), "", listAddress(location.search, shown));
}

export function closeList(): void {
  if (wasOpenedHere()) history.back();
  // Somebody came here by a shared address: there is no page of ours to go back to.
  else history.replaceState(stateOf(false), "", listAddress(location.search, undefined));
}
