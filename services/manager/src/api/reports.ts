// Over HTTP: the report of an event.
import type { Failure } from "./failure.ts";

/** `GET /api/reports`: the events that have work orders and that the user may see. */
export interface ReportedEvents {
  readonly events: readonly {
    readonly code: string;
    /** Absent if the event is gone. */
    readonly name?: string;
    readonly mailings: number;
  }[];
}

/** A mailing of the event in one language, as its work order knows it. */
export interface ReportedMailing {
  readonly key: string;
  readonly orderId: string;
  readonly subEvent: string;
  readonly stage: string;
  readonly revision?: number;
  readonly language: string;
  readonly archived: boolean;
  /** People the last Send found eligible; absent if no Send has numbers: never begun, edited since, or an earlier mailing. */
  readonly planned?: number;
  /** Skip reason → people, of the last Send. */
  readonly skipped: Readonly<Record<string, number>>;
}

/** What the deliveries of a mailing in one language hold. */
export interface CountedMailing {
  readonly sent: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly waiting: number;
  readonly bouncedHard: number;
  readonly bouncedSoft: number;
  readonly complained: number;
  /** People who unsubscribed with the link of this mailing, and are unsubscribed now. */
  readonly unsubscribed: number;
  /** Replies of the same words, most first, with local parts masked: the count is kept, and must hold no address. */
  readonly replies: readonly { readonly reply: string; readonly mails: number }[];
  /** Mails that failed with further replies. */
  readonly otherReplies: number;
  /** When the first mail was begun, and the last one was accepted (ISO). */
  readonly firstAt?: string;
  readonly lastAt?: string;
}

/** All deliveries of an event, counted in one pass and kept with its time. */
export interface CountedReport {
  readonly v: 1;
  readonly countedAt: string;
  readonly by: string;
  /** Mailing key → numbers. */
  readonly mailings: Readonly<Record<string, CountedMailing>>;
  readonly people: {
    /** Whom the pool of the event accepts and who got no mail of it; absent if the pool cannot be asked. */
    readonly none?: number;
    /** Number of mails a person got → how many people, at least one mail. */
    readonly byMails: Readonly<Record<string, number>>;
    /** Who got most. */
    readonly most: readonly { readonly id: string; readonly mails: number }[];
  };
}

/** `GET /api/reports/{event}`. */
export interface EventReport {
  readonly code: string;
  readonly name?: string;
  /** Zone of all times. */
  readonly timeZone: string;
  readonly mailings: readonly ReportedMailing[];
  /** About how many deliveries a count reads. */
  readonly deliveries: number;
  /** The last count, with names for people and the user; absent if there was none. */
  readonly counted?: Omit<CountedReport, "people"> & {
    readonly people: Omit<CountedReport["people"], "most"> & {
      readonly most: readonly { readonly id: string; readonly mails: number; readonly name: string }[];
    };
  };
}

/** A line of `POST /api/reports/{event}/count`, which is lines of JSON. */
export type ReportLine =
  | { readonly read: number; readonly of: number }
  | { readonly isOver: true }
  | { readonly error: Failure };
