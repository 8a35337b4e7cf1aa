// Over HTTP: commands and the live connection.

import type { Action } from "@email-agent/shared/domain/command.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { Instant } from "@email-agent/shared/domain/time.ts";

/** `POST /api/work-orders/{id}/commands`. */
export interface CommandBody {
  /** A ULID made by the browser. */
  readonly commandId: string;
  readonly step: StepName;
  readonly action: Action;
  /** Start of Send: the number of mails the user was shown; above the configured size it was typed. */
  readonly confirmRecipients?: number;
  /** With `schedule`: when Send is to start. */
  readonly startAt?: Instant;
  /** With `retry`: the selection of mails that are sent again. */
  readonly selection?: string;
}

/** Its response, with 202: the command waits for its judgement, which comes over the WebSocket. */
export interface CommandTaken {
  readonly commandId: string;
  /** Of the order once the command was written. */
  readonly version: number;
}

/** `POST /api/work-orders/{id}/start-time`: a time as it was entered. */
export interface JudgedStartTime {
  /** The instant; absent with a problem. */
  readonly startAt?: Instant;
  /** Which of two instants it is where clocks show the time twice. */
  readonly note?: string;
  /** Why no Send can be scheduled for it, with the repair. */
  readonly problem?: string;
}

/** `POST /api/realtime/ticket`: `<url>?ticket=<ticket>` opens the WebSocket, once, within 60 s. */
export interface RealtimeAccess {
  readonly url: string;
  readonly ticket: string;
}
