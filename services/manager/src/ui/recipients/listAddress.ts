import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import type { ShownSkipReason } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import {
  type RecipientListName,
  type RecipientStatus,
  reasonsOf,
  recipientLists,
  statusesOf,
} from "../../api/recipients.ts";

/** The list that is open. It is part of the address, so it can be shared, and Back closes it. */
export interface ShownList {
  readonly list: RecipientListName;
  readonly language: string;
  /** Of the list of Send: name of an earlier mailing of the order; absent: the current one. */
  readonly mailing?: string;
  readonly status?: RecipientStatus;
  /** Of the lists of people left out and skipped. */
  readonly reason?: ShownSkipReason;
  /** The search. */
  readonly q?: string;
}

const names = ["list", "mailing", "language", "status", "reason", "q"] as const;

/** The list an address names; undefined if none. An unknown language is replaced by the first one, an unknown filter dropped. */
export function listInAddress(
  query: Pick<URLSearchParams, "get">,
  order: Parameters<typeof mailingsOf>[0],
): ShownList | undefined {
  const list = recipientLists.find((name) => name === query.get("list"));
  const [current, ...earlier] = mailingsOf(order);
  const mailing = list === "send" ? earlier.find(({ name }) => name === query.get("mailing")) : undefined;
  const { languages } = mailing ?? current;
  const language = languages.find((code) => code === query.get("language")) ?? languages[0];
  if (!list || language === undefined) return undefined;
  const status = statusesOf[list].find((name) => name === query.get("status"));
  const reason = reasonsOf[list].find((name) => name === query.get("reason"));
  const q = query.get("q")?.trim();
  const of = mailing && { mailing: mailing.name };
  return { list, ...of, language, ...(status && { status }), ...(reason && { reason }), ...(q && { q }) };
}

/** An address with this list open (`undefined`: closed); the rest of `search` stays. */
export function listAddress(search: string, shown: ShownList | undefined): string {
  const query = new URLSearchParams(search);
  for (const name of names) query.delete(name);
  for (const name of names) {
    const value = shown?.[name];
    if (value) query.set(name, value);
  }
  return `?${query}`;
}

/** Next.js writes into the state it gets, and ignores one it has marked before: each call needs a new object. */
const stateOf = (openedHere: boolean) => ({ recipientsOpenedHere: openedHere });
const wasOpenedHere = () =>
  (history.state as Partial<ReturnType<typeof stateOf>> | null)?.recipientsOpenedHere === true;

/** Opens a list of the order on this page. */
export function openList(shown: ShownList): void {
  history.pushState(stateOf(true), "", listAddress(location.search, shown));
}

/** Shows another list, filter or search in place of the one that is open: Back still closes the window. */
export function changeList(shown: ShownList): void {
  history.replaceState(stateOf(wasOpenedHere()), "", listAddress(location.search, shown));
}

export function closeList(): void {
  if (wasOpenedHere()) history.back();
  // The user came by a shared address: there is no page of ours to go back to.
  else history.replaceState(stateOf(false), "", listAddress(location.search, undefined));
}
