import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { Participants } from "@email-agent/shared/adapters/participants.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { type Mail, type MessageConfig, message } from "@email-agent/shared/domain/delivery/message.ts";
import { inertLinks, type LinkConfig, personalLinks } from "@email-agent/shared/domain/delivery/personalLinks.ts";
import { renderFor } from "@email-agent/shared/domain/delivery/renderFor.ts";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { Mailing } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import type { RunContent } from "../content/loadRunContent.ts";
import type { AccountLimiter } from "../limits/accountLimiter.ts";
import type { GroupLookup } from "../receiving/groupLookup.ts";
import type { ConnectionPool } from "./connectionPool.ts";

/** One language of one run, ready to be mailed to any person. */
export interface MailRun {
  /** Partition of the ledger: the mailing key, or for Test `<mailing key>~<runId>`. */
  readonly partition: string;
  /** What the check before each message needs to know: whether it is service mail, and of which event. */
  readonly mailing: Pick<Mailing, "event" | "stage">;
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
  /** Aborts on a stop, a lost lease or a graceful shutdown. */
  readonly signal: AbortSignal;
  /** No message begins at or after it (epoch ms). */
  readonly sendUntil?: number;
  /** No message begins at or after `closesAt` and before `opensAt` (epoch ms): the sending window of the order. */
  readonly window?: { readonly closesAt: number; readonly opensAt: number } | undefined;
  /** A consistent read: the order works, and under this run. */
  stillWorking(): Promise<boolean>;
  /** The last renewal of the lease is young enough, by the monotonic clock. */
  proven(): boolean;
}

export interface DeliveryPorts {
  readonly deliveries: Deliveries;
  readonly participants: Participants;
  readonly limiter: AccountLimiter;
  readonly connections: ConnectionPool;
  readonly receivers: GroupLookup;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

export type RenderConfig = LinkConfig & MessageConfig;

interface OwnRun {
  readonly order: WorkOrder;
  readonly runId: string;
  readonly isTest: boolean;
  readonly userStarted: boolean;
  /** Testers who are no participants, by id: their links open nothing. */
  readonly outsiders?: ReadonlyMap<string, Participant>;
}

/** One language of a run, ready for the delivery engine. A Test keeps its deliveries apart from the mailing's. */
export function mailRun(
  { content, language, config, clock }: { content: RunContent; language: string; config: RenderConfig; clock: Clock },
  run: OwnRun,
  partitionOf: (mailingKey: string) => string,
): MailRun {
  const { order, runId, isTest, userStarted } = run;
  const { account } = content;
  const own = content.languages.get(language);
  if (!own) throw new Error(`The order ${order.id} has no language ${language}.`);
  const { mailingKey } = own.mailing;
  return {
    partition: partitionOf(mailingKey),
    mailing: own.mailing,
    runId,
    workOrderId: order.id,
    language,
    account,
    contentHash: own.contentHash,
    userStarted,
    compose(participant) {
      // The links of a Test lead to its own deliveries.
      const links = run.outsiders?.has(participant.id)
        ? inertLinks(config)
        : personalLinks(config, participant.id, mailingKey, isTest ? runId : undefined);
      const rendering = renderFor(own.mail, participant, links, clock.now());
      if ("unrendered" in rendering) return rendering;
      const email = mailAddress(participant.email) ?? "";
      return message({ account, order, mailingKey, runId, isTest, participant, email, ...rendering }, config);
    },
  };
}
