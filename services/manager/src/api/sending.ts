// Over HTTP: before, during and after Send: go/no-go, progress, history.
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import type { QuotaBucket } from "@email-agent/shared/domain/delivery/quotaWindow.ts";
import type { WarmUp } from "@email-agent/shared/domain/delivery/warmUp.ts";
import type { StartVerdict } from "@email-agent/shared/domain/lifecycle/startGuards.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { Instant } from "@email-agent/shared/domain/time.ts";
import type { StepStatus } from "@email-agent/shared/domain/workOrder.ts";
import type { Failure } from "./failure.ts";

/** Plain words with instants between them, which the browser writes in the viewer's zone. */
export type Words = readonly (string | { readonly at: Instant })[];

/** When the last mail will have left. */
export interface SendForecast {
  /** Absent if it lies beyond a hundred days; the end of sending if that cuts the Send off. */
  readonly finishAt?: Instant;
  /** From now to `finishAt`. */
  readonly seconds?: number;
  /** The first pauses, for quota or outside the sending window; `mailed` of the recipients have their mail when one begins. */
  readonly sleeps: readonly {
    readonly from: Instant;
    readonly until: Instant;
    readonly mailed: number;
    readonly cause: "quota" | "window";
  }[];
  readonly sleepCount: number;
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
  /** Of today, where a warm-up limits it. */
  readonly quotaPer24h: number;
  /** The day of its warm-up, from 1, and how many there are. */
  readonly warmUp?: { readonly day: number; readonly of: number };
  /** Of the quota, in the last 24 hours, by all mailings. */
  readonly used: number;
  readonly remaining: number;
  /** Other work orders that send with it right now. */
  readonly otherSends: number;
  /** Why it is paused in the settings, and how: "paused by hand", "paused for returned mail". Absent: it is not. */
  readonly pausedFor?: string;
  readonly pausedHow?: string;
  /** Present if too much of its last mails came back: how much, in words; and whether an administrator lets it go on. */
  readonly returned?: string;
  readonly returnAccepted?: boolean;
}

export interface GoNoGoLanguage {
  readonly code: string;
  readonly name: string;
  /** Mails that would be sent; absent while they cannot be counted. */
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

/**
 * A line of `GET /api/work-orders/{id}/go-no-go` (one JSON value a line): how far the count of recipients has come, then
 * the facts, or what failed meanwhile. `read` people were looked at, `of` about so many.
 */
export type GoNoGoLine =
  | { readonly read: number; readonly of?: number }
  | { readonly facts: GoNoGo }
  | { readonly error: Failure };

/** What there is to know before Send. */
export interface GoNoGo {
  readonly at: Instant;
  readonly guard: StartVerdict;
  /** Mails a Send would begin, counted for this response; absent while they cannot be counted. */
  readonly recipients?: number;
  /** True if the user must type this number. */
  readonly mustConfirm: boolean;
  readonly languages: readonly GoNoGoLanguage[];
  /** Where the numbers come from: `now` if they were counted for this response, else the step; absent without numbers. */
  readonly countedBy?: "now" | "Dry-Run" | "Count";
  readonly dryRun: {
    readonly status: StepStatus;
    readonly at?: Instant;
    readonly errors: number;
    /** Mails it found; absent unless it is complete. */
    readonly recipients?: number;
  };
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

/** `GET /api/work-orders/{id}/sending`: the progress of the current or last Send. With `?points=no` without points. */
export interface Sending {
  /** When it was read, by the clock of the server. */
  readonly at: Instant;
  /** Absent if Send has never run. */
  readonly runId?: string;
  /** In time, at most 200; the first is what the mailing had reached before. Empty before the first mail. */
  readonly points: readonly SendPoint[];
  /** Recipients who may still be unplanned: the total grows. */
  readonly planning: boolean;
  /** While Send works or sleeps: the browser forecasts the end with it; `buckets` as in quotaWindow.ts. */
  readonly limits?: {
    readonly ratePerSecond: number;
    readonly quotaPer24h: number;
    readonly warmUp?: WarmUp;
    readonly buckets: readonly QuotaBucket[];
    /** When mails may begin, in order (epoch ms); absent: at any time. */
    readonly openSpans?: readonly { readonly from: number; readonly until: number }[];
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
