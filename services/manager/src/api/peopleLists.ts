// Over HTTP: the lists of unsubscribed and of suppressed people.
import type { PeoplePage, PersonRow } from "./people.ts";

export const peopleListNames = ["unsubscribed", "suppressed"] as const;
export type PeopleListName = (typeof peopleListNames)[number];

/** Whom a list shows; a blank field asks for nothing. Also the query of `GET /api/people-lists/{list}`, with `cursor`. */
export interface PeopleListFilter {
  /** Name, address or id. */
  readonly q: string;
  /** SMTP code of the refusal, or how it begins: `5.1` finds 5.1.1 and 5.1.10. */
  readonly code: string;
  /** Domain of the address, with those below it. */
  readonly domain: string;
  /** Only who is on the list since this day (of the time zone of the organisation, `2026-03-01`) or instant. */
  readonly since: string;
}

export interface PeopleListRow extends PersonRow {
  /** How they unsubscribed: the mailing key of the link, or `user`. */
  readonly by?: string;
}

export interface PeopleListPage extends Omit<PeoplePage, "rows"> {
  readonly rows: readonly PeopleListRow[];
  /** The time zone of the organisation: that of the times shown and of the filter. */
  readonly timeZone: string;
}

/** `GET /api/people-lists/{list}/count`: how many people fit a filter now. */
export interface PeopleListCount {
  readonly people: number;
}

/** People of a selection. */
export const mostSelected = 1000;

/** `POST /api/people-lists/{list}/lift`: those with these ids, or all who fit the filter, `most` of them at most. */
export type LiftManyBody =
  | { readonly reason: string; readonly ids: readonly string[] }
  | { readonly reason: string; readonly filter: PeopleListFilter; readonly most: number };

/** A line of the response, which is lines of JSON. `left`: people who had changed meanwhile or do not fit any more. */
export type LiftManyLine =
  | { readonly lifted: number; readonly left: number; readonly of: number; readonly isOver: boolean }
  | { readonly error: { readonly code: string; readonly message: string } };
