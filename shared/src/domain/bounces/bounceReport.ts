import type { Instant } from "../time.ts";

/**
 * One report about one mail and one recipient, wherever it came from. Nothing in it is trusted before it is matched with a
 * delivery.
 */
export interface BounceReport {
  /**
   * - `hard`, `soft`: the mail was not delivered: permanently, or temporarily.
   * - `complaint`: the recipient marked it as spam.
   * - `rejected`: the provider took the mail and did not send it, for a reason that lies in the mail or its sender.
   * - `delayed`, `delivered`, `notice`: nothing that changes anything (still being tried; arrived; an automatic reply).
   */
  readonly kind: "hard" | "soft" | "complaint" | "rejected" | "delayed" | "delivered" | "notice";
  /** The address the mail was sent to: the original recipient where the report names both. */
  readonly recipient?: string;
  /** Message-ID of the returned mail, with or without angle brackets. */
  readonly messageId?: string;
  /** `X-Email-Agent-Mailing` and `X-Email-Agent-Run` of the returned mail. */
  readonly mailing?: string;
  readonly run?: string;
  /** The token in `List-Unsubscribe` of the returned mail. */
  readonly unsubscribeToken?: string;
  /** Enhanced status code (RFC 3463) or SMTP code, as `5.1.1` or `550`. */
  readonly code?: string;
  /** What the receiving server said, as the report has it (Diagnostic-Code); `""` if it says nothing. */
  readonly reply: string;
  /** The reporter knows better than its text: it has this address on a list of its own and did not try. */
  readonly isCertain?: boolean;
  /** Feedback-Type of a complaint (RFC 5965), as `abuse` or `not-spam`. */
  readonly complaintType?: string;
  readonly at: Instant;
  readonly reportedBy: "ses" | "mailbox";
  /** The same for the same report, however often it arrives: a feedback id, or Message-ID of the report and the place of the recipient in it. */
  readonly sourceId: string;
}

/** What became of a report. */
export type ReportResult =
  /** Written: the delivery, the person, the counters. */
  | { readonly result: "applied" }
  /** The delivery holds it, or something that says more, already. */
  | { readonly result: "doubled" }
  /** It changes nothing by its kind; `why` in words. `isForeign`: it is about a mail of another system. */
  | { readonly result: "ignored"; readonly why: string; readonly isForeign?: true }
  /** It names no delivery of ours, or says something that the delivery contradicts: kept for a person to see. */
  | { readonly result: "unmatched"; readonly why: string }
  /** The mail is being sent at this moment, so its outcome is not known yet: take the same report again in a minute. */
  | { readonly result: "later" };

/** How long a report that was taken too early stays hidden in its queue. */
export const reportVisibilitySeconds = 60;
