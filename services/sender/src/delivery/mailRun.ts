import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { Participants } from "@email-agent/shared/adapters/participants.ts";
import type { Account } from "@email-agent/shared/domain/configItems.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { Clock } from "@email-agent/shared/service/clock.ts";
import type { Log } from "@email-agent/shared/service/log.ts";
import type { Metrics } from "@email-agent/shared/service/metrics.ts";
import type { AccountLimiter } from "../limits/accountLimiter.ts";
import type { Mail } from "../smtp/mailer.ts";
import type { MailerPool } from "./mailerPool.ts";

/** One language of one run, ready to be mailed to anybody. */
export interface MailRun {
  /** Partition of the ledger: the mailing key, or for Test `<mailing key>~<runId>`. */
  readonly partition: string;
  readonly runId: string;
  readonly workOrderId: string;
  readonly language: string;
  readonly account: Account;
  readonly contentHash: string;
  /** False in a pass that woke by itself. */
  readonly userStarted: boolean;
  /** Renders the pinned content for one person; `unrendered` says why it cannot be. */
  compose(participant: Participant): Mail | { readonly unrendered: string };
}

/** The right to begin messages, and when it ends. */
export interface Right {
  /** Aborts on a stop, a lost lease or a planned shutdown. */
  readonly signal: AbortSignal;
  /** No message begins at or after it (epoch ms). */
  readonly sendUntil?: number;
  /** A consistent read: the order works, and under this run. */
  stillWorking(): Promise<boolean>;
  /** The last renewal of the lease is young enough, by the monotonic clock. */
  proven(): boolean;
}

export interface DeliveryPorts {
  readonly deliveries: Deliveries;
  readonly participants: Participants;
  readonly limiter: AccountLimiter;
  readonly mailers: MailerPool;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}
