/** A person to be mailed. `attempt` counts from 1 the attempts of this run after temporary refusals (greylisting). */
export interface Candidate {
  readonly id: string;
  readonly attempt: number;
  /** How often the account, not the person, was the reason for another attempt. */
  readonly returns: number;
  /** The ledger has an item of them: decides which of its two statements the claim tries first. */
  readonly hasDelivery: boolean;
}

/** The result for a person. `elsewhere`: another worker or an earlier claim of this run holds the delivery and counts it. */
export type PersonResult =
  | { readonly kind: "sent" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "in-doubt" }
  | { readonly kind: "retry"; readonly at: number }
  /** Untouched: their receiving domain group has no room before `at` (epoch ms). */
  | { readonly kind: "limited"; readonly at: number; readonly group: string }
  | { readonly kind: "skipped"; readonly reason: string }
  | { readonly kind: "elsewhere" };

/** Why delivering ended. `done`: everyone has a result; in all other cases the rest was left alone. */
export type DeliveryEnd =
  | { readonly kind: "done" }
  /** The order is not working under this run any more, the lease is not proven, or the signal aborted. */
  | { readonly kind: "ended" }
  | {
      readonly kind: "waited";
      /** Epoch ms. */
      readonly until: number;
      readonly cause: "rate" | "paused" | "rebuilding" | "connections" | "window";
      /** What paused the account (AccountNotice). */
      readonly pausedFor?: string | undefined;
      /** With `paused`: why, if more is known than what `pausedFor` says. */
      readonly because?: string;
    }
  | { readonly kind: "quota" }
  | { readonly kind: "daily-limit" }
  | {
      readonly kind: "run-error";
      readonly code: "authentication" | "account-unreachable" | "sender-refused";
      readonly message: string;
    };
