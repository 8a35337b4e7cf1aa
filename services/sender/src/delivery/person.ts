/** Somebody to be mailed. `attempt` counts the attempts of this run that a refusal for a while led to, from 1. */
export interface Candidate {
  readonly id: string;
  readonly attempt: number;
  /** How often the account, not the person, was the reason to come back. */
  readonly returns: number;
  /** The ledger has an item of them: tells the claim which of its two statements to try first. */
  readonly hasDelivery: boolean;
}

/** What became of somebody. `elsewhere`: another worker or an earlier claim of this run holds the delivery and counts it. */
export type PersonResult =
  | { readonly kind: "sent" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "in-doubt" }
  | { readonly kind: "retry"; readonly at: number }
  | { readonly kind: "skipped"; readonly reason: string }
  | { readonly kind: "elsewhere" };

/** Why delivering ended. `done`: everybody has a result; in all other cases the rest was left alone. */
export type DeliveryEnd =
  | { readonly kind: "done" }
  /** The order is not working under this run any more, the lease is not proven, or the signal aborted. */
  | { readonly kind: "ended" }
  | {
      readonly kind: "waited";
      /** Epoch ms. */
      readonly until: number;
      readonly cause: "rate" | "paused" | "rebuilding" | "connections";
      /** What paused the account (AccountNews). */
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
