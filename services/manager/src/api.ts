// What the pages and the server say to each other over HTTP: types only, for both sides.

import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import type { QuotaBucket } from "@email-agent/shared/domain/delivery/quotaWindow.ts";
import type { Reconciled } from "@email-agent/shared/domain/delivery/reconciliation.ts";
import type { StartVerdict } from "@email-agent/shared/domain/lifecycle/startGuards.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { Instant } from "@email-agent/shared/domain/time.ts";
import type { Action, Detail, StepStatus } from "@email-agent/shared/domain/workOrder.ts";
import type { OrderSnapshot } from "@email-agent/shared/messages/statusEvent.ts";

/** A work order as the browser knows it: without command and lease token. */
export type Order = OrderSnapshot;

/** `{error: Failure}` comes with every status from 400 on. */
export interface Failure {
  /** A code of the error catalogue, or `unexpected`. */
  readonly code: string;
  /** One sentence: what is wrong and what repairs it. */
  readonly message: string;
  /** Field name → sentence. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** `GET /api/work-orders`. `details` of steps are left out; a single order has them. */
export interface OrderList {
  readonly orders: readonly Order[];
  /** Items of the table that do not fit the schema and are not shown. */
  readonly unreadable: number;
}

/** Who is signed in, as pages know it. */
export interface Viewer {
  readonly id: string;
  readonly name: string;
  readonly role: "read" | "write";
  readonly showAddresses: boolean;
  readonly exportCsv: boolean;
}

/** What every page shows around its content. `links`: further pages, as the local stack's inbox. */
export interface ShellFacts {
  readonly viewer: Viewer;
  readonly version: string;
  readonly links: readonly { readonly name: string; readonly address: string }[];
}

/** `GET /api/options`: what there is to choose from. Never credentials. */
export interface Options {
  readonly events: readonly {
    readonly code: string;
    readonly name: string;
    readonly inPerson: boolean;
    readonly subEvents: readonly string[];
  }[];
  /** In their order in the life of an event. */
  readonly stages: readonly {
    readonly name: string;
    readonly description: string;
    readonly parentStages: readonly string[];
    readonly confirmation: boolean;
    readonly requireRegLink: boolean;
    /** Language code → subject prefix. */
    readonly prefix: Readonly<Record<string, string>>;
  }[];
  readonly languages: readonly { readonly code: string; readonly name: string; readonly everyone: boolean }[];
  readonly accounts: readonly {
    readonly name: string;
    readonly fromName: string;
    readonly fromAddress: string;
    readonly ratePerSecond: number;
    readonly quotaPer24h: number;
  }[];
  readonly testers: readonly { readonly id: string; readonly label: string }[];
  /** User id → name, for all who have access. */
  readonly userNames: Readonly<Record<string, string>>;
  readonly timeZone: string;
  /** The preview line of orders that set none; may be blank. */
  readonly defaultPreviewText: string;
}

// --- Commands and the live connection ---

/** `POST /api/work-orders/{id}/commands`. */
export interface CommandBody {
  /** A ULID made by the browser. */
  readonly commandId: string;
  readonly step: StepName;
  readonly action: Action;
  /** The number of recipients the user typed, for a Send above the configured size. */
  readonly confirmRecipients?: number;
}

/** Its answer, with 202: the command waits for its judgement, which comes over the WebSocket. */
export interface CommandTaken {
  readonly commandId: string;
  /** Of the order once the command was written. */
  readonly version: number;
}

/** `POST /api/realtime/ticket`: `<url>?ticket=<ticket>` opens the WebSocket, once, within 60 s. */
export interface RealtimeAccess {
  readonly url: string;
  readonly ticket: string;
}

// --- The form of an order ---

/** What a save sets back to ready. `details.resets` of a 409 with `details.reason` `resets` has it, too. */
export interface Resets {
  readonly steps: readonly { readonly name: StepName; readonly status: StepStatus; readonly why: string }[];
  /** Published content is dropped: Prepare must run again before anything is mailed. */
  readonly clearsPrepared: boolean;
  /** A step is neither ready nor complete: the save must say `confirmReset`. */
  readonly needsConfirmation: boolean;
  /** Fields of the order that change. */
  readonly changed: readonly string[];
}

/** `POST /api/work-orders/check`: the form so far, by the rules of a save. */
export interface OrderCheck {
  /** Field (`stage`, `subjects.EN`) → what is wrong and what repairs it; empty if it can be saved. */
  readonly fields: Readonly<Record<string, string>>;
  /** Field → what is good to know. */
  readonly notes: Readonly<Record<string, string>>;
  /** The parent order, from which languages and subjects come. */
  readonly inherited?: {
    readonly orderId: string;
    readonly stage: string;
    readonly languages: readonly string[];
    readonly subjects: Readonly<Record<string, string>>;
  };
  /** For an order that exists, and only if it can be saved. */
  readonly resets?: Resets;
}

/** `POST` and `PUT …/edit-lease`: the right to edit until `expiresAt`; `token` goes with every save. */
export interface EditLease {
  readonly token: string;
  readonly expiresAt: string;
  readonly order: Order;
}

/** Who has the form open (`details.holder` of a 409). */
export interface LeaseHolder {
  readonly name: string;
  /** The same user in another window. */
  readonly isYou: boolean;
  readonly expiresAt: string;
}

// --- Sending: go/no-go, course, history ---

/** Plain words with instants between them, which the browser writes in the viewer's zone. */
export type Words = readonly (string | { readonly at: Instant })[];

/** When the last mail will have left. */
export interface SendForecast {
  /** Absent if it lies beyond a hundred days; the end of sending if that cuts the Send off. */
  readonly finishAt?: Instant;
  /** From now to `finishAt`. */
  readonly seconds?: number;
  /** `quota`: it must pause before it is done. `observed`: it goes markedly slower than the account's rate allows. */
  readonly limitedBy: "rate" | "quota" | "observed";
  /** The first pauses for quota; `mailed` of the recipients have their mail when one begins. */
  readonly sleeps: readonly { readonly from: Instant; readonly until: Instant; readonly mailed: number }[];
  readonly sleepCount: number;
  /** How many get their mail before sending ends; only if not all do. */
  readonly mailedBefore?: number;
}

/** The mail account of an order, without its credentials. */
export interface SendingAccount {
  readonly name: string;
  readonly enabled: boolean;
  readonly fromName: string;
  /** Absent: the sender's default address. */
  readonly fromAddress?: string;
  readonly replyTo?: string;
  readonly ratePerSecond: number;
  readonly maxConnections: number;
  readonly quotaPer24h: number;
  /** Of the quota, in the last 24 hours, by all mailings. */
  readonly used: number;
  readonly remaining: number;
  /** Other work orders that send with it right now. */
  readonly otherSends: number;
}

export interface GoNoGoLanguage {
  readonly code: string;
  readonly name: string;
  /** Mails that would be sent; absent while there is no complete Dry-Run. */
  readonly recipients?: number;
  readonly alreadyReceived: number;
  /** The others, by reason, most first. */
  readonly excluded: readonly { readonly reason: string; readonly people: number }[];
  /** As it will be, before personalisation: prefix of the stage and subject of the order. */
  readonly subject: string;
  /** The first eight digits of the hash of the published content. */
  readonly content?: string;
  readonly preparedAt?: Instant;
}

export interface GoNoGoTester {
  readonly id: string;
  readonly name: string;
  /** Language code → what became of the mail of the last Test; absent if there is none. `outdated`: of other content. */
  readonly mails: Readonly<Record<string, { readonly status: Delivery["status"]; readonly outdated: boolean }>>;
}

export interface GoNoGoWarning {
  /** `stop`: Send cannot work like this. `note`: good to know. */
  readonly severity: "stop" | "warning" | "note";
  readonly words: Words;
}

/** `GET /api/work-orders/{id}/go-no-go`: what there is to know before Send. */
export interface GoNoGo {
  readonly at: Instant;
  readonly guard: StartVerdict;
  /** Mails a Send would begin; absent while there is no complete Dry-Run. */
  readonly recipients?: number;
  /** True if a start must carry this number, typed by the user. */
  readonly mustConfirm: boolean;
  readonly languages: readonly GoNoGoLanguage[];
  /** The step the numbers come from; absent if neither has any. */
  readonly countedBy?: "Dry-Run" | "Count";
  readonly dryRun: { readonly status: StepStatus; readonly at?: Instant; readonly errors: number };
  readonly test: { readonly status: StepStatus; readonly at?: Instant; readonly testers: readonly GoNoGoTester[] };
  /** Newest first. `after`: the steps that were run before it. */
  readonly changes: readonly {
    readonly at: Instant;
    readonly by?: string;
    readonly what: string;
    readonly after: readonly StepName[];
  }[];
  /** Absent if Config has no such account. */
  readonly account?: SendingAccount;
  readonly forecast?: SendForecast;
  /** Only for continuous sending. */
  readonly continuous?: { readonly intervalSeconds: number; readonly until?: Instant };
  /** Gravest first. */
  readonly warnings: readonly GoNoGoWarning[];
}

/** Mails of the mailing, over all runs, at one instant. */
export interface SendPoint {
  readonly at: Instant;
  readonly sent: number;
  readonly failed: number;
  readonly inDoubt: number;
}

/** `GET /api/work-orders/{id}/sending`: the course of the current or last Send. With `?points=no` without points. */
export interface Sending {
  /** When it was read, by the clock of the server. */
  readonly at: Instant;
  /** Absent if Send has never run. */
  readonly runId?: string;
  /** In time, at most 200; the first is what the mailing had reached before. Empty before the first mail. */
  readonly points: readonly SendPoint[];
  /** Mails in the last minute, while Send works. */
  readonly ratePerMinute?: number;
  /** Recipients who may still be unplanned: the total grows. */
  readonly planning: boolean;
  /** While Send works or sleeps. */
  readonly forecast?: SendForecast;
  /** What the browser forecasts with between two answers; `buckets` as in quotaWindow.ts. */
  readonly limits?: {
    readonly ratePerSecond: number;
    readonly quotaPer24h: number;
    readonly buckets: readonly QuotaBucket[];
  };
}

/** One line of an order's history. */
export interface HistoryLine {
  readonly id: string;
  readonly at: Instant;
  /** Name of the user; absent for what the system did. */
  readonly by?: string;
  readonly kind: "command" | "end" | "edit";
  readonly what: string;
  readonly details: readonly string[];
}

/** `GET /api/work-orders/{id}/history?after=`: newest first. */
export interface HistoryPage {
  readonly lines: readonly HistoryLine[];
  /** `after` of the next page; absent behind the oldest line. */
  readonly next?: string;
}

// --- Recipients: lists, resolutions, reconciliation ---

/** The lists of an order: of its last complete Dry-Run, its last Test, everybody mailed, and whom the last Send skipped. */
export type RecipientListName = "dry-run" | "test" | "send" | "skipped";

export type RecipientStatus = "sending" | "sent" | "failed" | "in-doubt" | "deferred" | "ok" | "error" | "skipped";

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
  /** What the mail server answered, or why it could not be asked. */
  readonly response?: string;
  readonly code?: number;
  readonly attempt?: number;
  /** A failure the next run a user starts tries again only because a user started it. */
  readonly permanent?: boolean;
  readonly nextAttemptAt?: string;
  /** Why somebody was skipped (a skip reason), or could not be rendered. */
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
}

/** `GET /api/work-orders/{id}/recipients?list=&language=&status=&q=&cursor=`. */
export interface RecipientPage {
  readonly rows: readonly RecipientRow[];
  /** The cursor of what follows; absent at the end. A search or filter may answer few rows, or none, and go on. */
  readonly next?: string;
  /** People looked at so far, this page included. */
  readonly read: number;
  /** People in the list, by the counters of the step; absent where those do not say. */
  readonly total?: number;
}

/** `POST /api/work-orders/{id}/deliveries/{participantId}/resolve`, answered by the new RecipientRow. */
export interface ResolveBody {
  readonly language: string;
  readonly claimId: string;
  readonly received: boolean;
}

/** `GET /api/work-orders/{id}/reconciliation`. */
export interface OrderReconciliation {
  /** When the ledger was counted. */
  readonly countedAt: string;
  readonly languages: readonly (Reconciled & { readonly language: string })[];
}

// --- Preview ---

/** Published content, or what the last Prepare refused to publish. */
export type PreviewSource = "prepared" | "draft";

/** Somebody a mail can be shown for. `email` is masked for users who may not see addresses. */
export interface PreviewParticipant {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** A mail as mail programs show it, but for its HTML, which comes from `/preview/html` with the same query. */
export interface PreviewMail {
  readonly subject: string;
  /** What stands behind the subject in a list of mails: the beginning of the mail's text. */
  readonly previewLine: string;
  readonly from: string;
  readonly to: string;
  readonly replyTo: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The text part. */
  readonly text: string;
}

/** `GET /api/work-orders/{id}/preview?language=&participant=&source=`. */
export interface Preview {
  readonly state: PreviewSource | "none";
  /** What there is, newest first. */
  readonly sources: readonly PreviewSource[];
  readonly language: string;
  /** All languages of the order. */
  readonly languages: readonly string[];
  /** Why there is no `mail`, in a sentence. */
  readonly problem?: string;
  readonly participant?: PreviewParticipant;
  readonly mail?: PreviewMail;
  /** Name of the template, and its HTML, to which the places of findings refer. */
  readonly template?: string;
  readonly source?: string;
  readonly findings: readonly Detail[];
  /** Findings beyond those listed. */
  readonly moreFindings?: number;
  readonly contentHash?: string;
  /** When it was published, or when QA refused it. */
  readonly preparedAt?: string;
}

/** `GET /api/work-orders/{id}/participants?search=`. `note` says why there may be more. */
export interface FoundParticipants {
  readonly participants: readonly PreviewParticipant[];
  readonly note?: string;
}
