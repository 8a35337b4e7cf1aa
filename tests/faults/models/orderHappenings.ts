// What may happen to a work order, in the words of orderModel.ts.

export const steps = ["Count", "Prepare", "Dry-Run", "Test", "Send"] as const;
export type Step = (typeof steps)[number];
export type Status = "ready" | "working" | "sleeping" | "complete" | "error" | "interrupted" | "exception";

export type Outcome = "accepted" | "ignored" | "rejected";
export interface Command {
  readonly action: "start" | "stop" | "schedule" | "retry";
  readonly step: Step;
  readonly startAt?: number;
}

/** How the worker of a run ends it: `unavailable` and `outage` pass by themselves, `bug` does not. */
export type End = "complete" | "new content" | "pass" | "quota" | "error" | "unavailable" | "outage" | "bug";

/** A setting, or that the form is opened and left open. */
export type Edit =
  | { readonly field: "account" | "subjects" | "revision" | "testers" }
  | { readonly field: "form" }
  | { readonly field: "continuous"; readonly to: boolean }
  | { readonly field: "ends"; readonly to: number };

/** All that may happen to a work order. A run and a token name a job; `worker` is unique to each pick-up. */
export type Happening =
  | { readonly what: "given"; readonly id: string; readonly command: Command }
  | { readonly what: "delivered"; readonly id: string; readonly settling: boolean }
  | { readonly what: "picked up"; readonly run: string; readonly token: number; readonly worker: string }
  | { readonly what: "ended"; readonly worker: string; readonly end: End }
  | { readonly what: "released"; readonly worker: string }
  /** Ingest looks for what is due; `silent`: and no worker has been heard of for a minute. */
  | { readonly what: "looked"; readonly silent: boolean }
  | { readonly what: "edited"; readonly edit: Edit };
