// Over HTTP: the pages of People.
import type { ReturnedMail } from "./recipients.ts";

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

/** `GET /api/people/{id}`: a person. Only events the user may see are named. */
export interface Person extends PersonRow {
  readonly programs: readonly { readonly event: string; readonly words: readonly string[] }[];
  readonly interests: readonly string[];
  /** The address that a mail server refused; `isInUse`: it is still theirs, so nothing is sent to them. */
  readonly suppression?: {
    readonly address: string;
    readonly code: string;
    readonly at: string;
    readonly isInUse: boolean;
    /** Mailings that came back softly in a row, if these are the cause. */
    readonly softBounces?: number;
  };
  /** How they unsubscribed: the mailing key of the link they used, or `user`. */
  readonly unsubscribedBy?: string;
  /** When name and address were erased. */
  readonly forgotten?: string;
  readonly invalid?: { readonly field: string; readonly problem: string };
  /** Others whose record has the same address; `reading` as in `PeoplePage`. */
  readonly sameAddress: {
    readonly people: readonly { readonly id: string; readonly name: string }[];
    readonly reading?: PeoplePage["reading"];
  };
}

/** What a pool says of a person, and why. `hidden`: the attribute is about an event the user may not see. */
export interface ShownPool {
  readonly pool: string;
  readonly accepts: boolean;
  readonly problem?: string;
  readonly attributes: readonly {
    readonly attribute: { readonly type: string; readonly [parameter: string]: unknown };
    readonly accepts: boolean;
    readonly hidden?: true;
    readonly problem?: string;
    readonly pools: readonly ShownPool[];
  }[];
}

/** `GET /api/people/{id}/pools?event=&subEvent=`: every pool, asked for this part of the event. */
export interface PersonPools {
  readonly pools: readonly (ShownPool & {
    readonly isOfEvent: boolean;
    /** Stages whose orders ask it. */
    readonly stages: readonly string[];
  })[];
}

/**
 * What became of one mailing in one language for one person. `elsewhere`: another application says it has mailed it;
 * `left-out`: not mailed, and `reason` says why as things are now; `open`: not mailed, and no reason excludes them.
 */
export interface PersonMailing {
  readonly orderId: string;
  readonly eventCode: string;
  readonly subEvent: string;
  readonly stage: string;
  readonly revision?: number;
  readonly language: string;
  /** What a start of Send mails now; else an earlier mailing of the order. */
  readonly isCurrent: boolean;
  /** Send was started at least once. */
  readonly hasBegun: boolean;
  readonly isArchived: boolean;
  readonly status: "sent" | "failed" | "in-doubt" | "deferred" | "sending" | "elsewhere" | "left-out" | "open";
  readonly at?: string;
  readonly response?: string;
  readonly messageId?: string;
  readonly account?: string;
  readonly permanent?: boolean;
  readonly nextAttemptAt?: string;
  readonly resolvedBy?: string;
  readonly resolvedAt?: string;
  readonly returned?: ReturnedMail;
  /** A skip reason of the recipient filter; of a failed or waiting mail: why a further start leaves the person out. */
  readonly reason?: string;
  /** Why the filter cannot judge: what is missing in the configuration. */
  readonly problem?: string;
}

/** `GET /api/people/{id}/mailings?only=mailed&after=`: newest orders first. */
export interface PersonMailings {
  readonly mailings: readonly PersonMailing[];
  /** Mails of the last Tests of these orders. */
  readonly tests: readonly PersonMailing[];
  /** Cursor of the next page, an order id; absent on the last page. */
  readonly next?: string;
}
