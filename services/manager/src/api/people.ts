// Over HTTP: the pages of People.

/** Rows of a page of people. */
export const peoplePageRows = 50;

/** A longer search is cut: no name and no address is longer. */
export const longestPeopleSearch = 200;

/** One person of a list. Without `showAddresses` the server has masked every address. */
export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly country?: string;
  readonly language?: string;
  /** Without `at` it is not known since when. */
  readonly unsubscribed?: { readonly at?: string };
  /** The address in use does not exist, as a mail server said. */
  readonly suppressed?: { readonly at: string; readonly code: string };
  /** A field of the record that does not fit: the person is not mailed. */
  readonly invalidField?: string;
}

/** `GET /api/people?q=&cursor=`: people by name. */
export interface PeoplePage {
  readonly rows: readonly PersonRow[];
  /** Number of the first row. */
  readonly from: number;
  /** The cursor of what follows; absent at the end. */
  readonly next?: string;
  /** People are being read for the first time, so there may be more: ask again. `about`: how many there are, roughly. */
  readonly reading?: { readonly read: number; readonly about?: number };
  /** Of a list of unsubscribed or suppressed people: how many it has in all. */
  readonly total?: number;
}
