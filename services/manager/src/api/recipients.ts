// Over HTTP: lists of recipients, resolutions, reconciliation.
import type { Reconciled } from "@email-agent/shared/domain/delivery/reconciliation.ts";
import { type ShownSkipReason, shownSkipReasons } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import { skipReasons } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { StepList } from "@email-agent/shared/domain/steps.ts";
import type { DoubtFilter } from "./doubts.ts";

export type RecipientStatus =
  | "sending"
  | "sent"
  | "failed"
  | "in-doubt"
  | "deferred"
  | "ok"
  | "error"
  | "skipped"
  | ReturnedStatus;

/** What became of a mail that was sent. A list can be filtered by it; the status of a row stays `sent`. */
export type ReturnedStatus = (typeof returnedStatuses)[number];
export const returnedStatuses = ["bounced-hard", "bounced-soft", "complained"] as const;

export type RecipientListName = StepList | "skipped" | "left-out";

const deliveryStatuses = ["sent", "failed", "in-doubt", "deferred", "sending", ...returnedStatuses] as const;

/**
 * The lists of an order, each with the statuses by which it can be filtered, in the order in which they are offered: of its
 * last complete Dry-Run, its last Test, everyone mailed, whom the last Send skipped though it had planned to mail them, and
 * whom the mailing leaves out as things are now.
 */
export const statusesOf = {
  "dry-run": ["ok", "error"],
  test: deliveryStatuses,
  send: deliveryStatuses,
  skipped: [],
  "left-out": [],
} as const satisfies Record<RecipientListName, readonly RecipientStatus[]>;

/**
 * The skip reasons by which a list can be filtered. No one is left out for `failed-before` when a user starts Send, and
 * people beyond the confirmed number are on no list: the next start plans them.
 */
export const reasonsOf: Readonly<Record<RecipientListName, readonly ShownSkipReason[]>> = {
  "dry-run": [],
  test: [],
  send: [],
  skipped: shownSkipReasons.filter((reason) => reason !== "not-confirmed"),
  "left-out": skipReasons.filter((reason) => reason !== "failed-before"),
};

export const recipientLists = Object.keys(statusesOf) as readonly RecipientListName[];

/** Rows of a page of a list. */
export const recipientPageRows = 50;

/** A longer search is cut: no name and no address of a participant is longer. */
export const longestRecipientSearch = 200;

/** One person of a list. Without `showAddresses` the server has masked every address. */
export interface RecipientRow {
  /** Counts on over the pages of a list, from 1. */
  readonly number: number;
  readonly participantId: string;
  readonly name: string;
  readonly email: string;
  readonly status: RecipientStatus;
  /** When the status came about; absent for skipped people. */
  readonly at?: string;
  /** The reply of the mail server, or why there is none. */
  readonly response?: string;
  readonly code?: number;
  readonly attempt?: number;
  /** A failure the next run a user starts tries again only because a user started it. */
  readonly permanent?: boolean;
  readonly nextAttemptAt?: string;
  /** Why the person was skipped (a skip reason), or the mail could not be rendered. */
  readonly reason?: string;
  readonly messageId?: string;
  /** Evidence: when the mail was claimed, and by which account. */
  readonly sendingAt?: string;
  readonly account?: string;
  /** In doubt: what a resolution names, and the first moment it may come. Only in the list of Send. */
  readonly claimId?: string;
  readonly resolvableAt?: string;
  readonly resolvedBy?: string;
  readonly resolvedAt?: string;
  readonly returned?: ReturnedMail;
}

/** What came back of a mail after it was sent; `reply`: what the receiving server said. */
export interface ReturnedMail {
  readonly bounced?: {
    readonly kind: "hard" | "soft";
    readonly code: string;
    readonly reply?: string;
    readonly at: string;
  };
  /** The person marked the mail as spam. */
  readonly complained?: { readonly at: string };
}

/** `GET /api/work-orders/{id}/returned?mailing=`: what came back of a mailing, by counters. */
export interface OrderReturned {
  readonly languages: readonly ({ readonly language: string } & Readonly<Record<ReturnedStatus, number>>)[];
}

/** Work orders of one request for what came back. */
export const mostOrdersAtOnce = 60;

/** `GET /api/work-orders/returned?orders=`, ids with commas: order id → mails of its current mailing that came back, at least one. */
export interface ReturnedOfOrders {
  readonly orders: Readonly<Record<string, number>>;
}

/** `GET /api/work-orders/{id}/recipients?list=&mailing=&language=&status=&reason=&q=&cursor=`. `mailing`: of `send`; `reason`: see `reasonsOf`. */
export interface RecipientPage {
  readonly rows: readonly RecipientRow[];
  /** The cursor of what follows; absent at the end. A page of a search or filter may have few rows, or none, and go on. */
  readonly next?: string;
  /** People looked at so far, this page included. */
  readonly read: number;
  /** People in the list, by the counters of the step; absent where those do not say. */
  readonly total?: number;
}

/** `POST /api/work-orders/{id}/deliveries/{participantId}/resolve`, returns the new RecipientRow. */
export interface ResolveBody {
  /** Name of an earlier mailing of the order; absent: the current one. */
  readonly mailing?: string | undefined;
  readonly language: string;
  readonly claimId: string;
  readonly received: boolean;
}

/** `POST /api/work-orders/{id}/selections`: failed mails of the current mailing: of these people, or all that fit the filter. */
export type SelectionBody =
  | { readonly people: readonly { readonly language: string; readonly participantId: string }[] }
  | { readonly filter: DoubtFilter };

/** Its response: the selection to name in the go/no-go and in the command `retry`, and how many mails are in it. */
export interface SelectionMade {
  readonly selection: string;
  readonly mails: number;
}

/** `GET /api/work-orders/{id}/reconciliation?mailing=`. */
export interface OrderReconciliation {
  /** When the ledger was counted. */
  readonly countedAt: string;
  readonly languages: readonly (Reconciled & { readonly language: string })[];
}

/** `GET /api/work-orders/{id}/retry`: of the failed and waiting mails, those a start of Send would try again now. */
export interface OrderRetry {
  readonly mails: number;
  /** The others, by skip reason (`no-record`: the person's record is gone), most first. */
  readonly excluded: readonly { readonly reason: string; readonly people: number }[];
}
