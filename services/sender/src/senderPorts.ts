import { accountRequests } from "@email-agent/shared/adapters/accountRequests.ts";
import { bounceMailboxes } from "@email-agent/shared/adapters/bounceMailboxes.ts";
import { cancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { documents } from "@email-agent/shared/adapters/documents.ts";
import { dryRunRecipients } from "@email-agent/shared/adapters/dryRunRecipients.ts";
import { events } from "@email-agent/shared/adapters/events.ts";
import { mailSelections } from "@email-agent/shared/adapters/mailSelections.ts";
import { noticeRequests } from "@email-agent/shared/adapters/noticeRequests.ts";
import { type OpenClients, openClients } from "@email-agent/shared/adapters/openClients.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { quota } from "@email-agent/shared/adapters/quota.ts";
import { runs } from "@email-agent/shared/adapters/runs.ts";
import { secrets } from "@email-agent/shared/adapters/secrets.ts";
import { slowedGroups } from "@email-agent/shared/adapters/slowedGroups.ts";
import { chunkQueue, stepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import { workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import type { ServiceKit } from "@email-agent/shared/kit/runService.ts";
import { mailDns } from "./accountCheck/mailDns.ts";
import { contentCache, loadRunContent } from "./content/loadRunContent.ts";
import { connectionPool } from "./delivery/connectionPool.ts";
import { accountLimiter } from "./limits/accountLimiter.ts";
import { throttleOk } from "./limits/accountPause.ts";
import { type LimitTimes, limitTimes } from "./limits/limitTimes.ts";
import { heldByHand, pausedByHand } from "./limits/pausedByHand.ts";
import { groupLookup } from "./receiving/groupLookup.ts";
import { runSignal } from "./send/runSignal.ts";
import { type SendLimits, sendLimits } from "./sendLimits.ts";
import { accountAccess } from "./smtp/credentials.ts";
import { type MailerTimes, openMailer } from "./smtp/mailer.ts";
import { unrunPatterns } from "./smtp/unrunPatterns.ts";

/** The times of a sender; tests pass shorter ones. */
export interface SenderTimes {
  readonly limits?: SendLimits;
  readonly limitTimes?: LimitTimes;
  readonly smtpTimes?: Partial<MailerTimes>;
}

export type SenderKit = Pick<ServiceKit<"sender">, "config" | "log" | "metrics" | "shutdown" | "use" | "check">;

/** Everything the sender's steps and chunks need, opened once per process. */
export async function openSenderPorts(
  { config, log, metrics, use }: Pick<SenderKit, "config" | "log" | "metrics" | "use">,
  { limits = sendLimits, limitTimes: accountTimes = limitTimes, smtpTimes = {} }: SenderTimes,
  { openAws, openRedis, openBlockingRedis }: OpenClients = openClients,
) {
  const aws = use(openAws(config, log));
  const { clock } = aws;
  const redis = use(await openRedis(config, log));
  const subscriber = use(openBlockingRedis(config, log));
  /** For BullMQ workers. */
  const blocking = use(openBlockingRedis(config, log));
  const secretStore = use(secrets(config, clock));
  const orders = workOrderStore(aws, config, { log, metrics });
  const access = (account: Account) => accountAccess(secretStore, config, account);
  const report = unrunPatterns(log);
  const plainLimiter = accountLimiter(
    { redis, quota: quota(aws, config), slowed: slowedGroups(aws, config), log, clock },
    accountTimes,
  );
  const throttled = { ...plainLimiter, record: throttleOk(plainLimiter.record, clock) };
  const sources = {
    events: events(aws, config),
    config: configTable(aws, config, { log }),
    documents: documents(aws, config),
  };
  const byHand = pausedByHand(sources.config, clock);
  const limiter = heldByHand(throttled, byHand, clock);
  return {
    pausedByHand: byHand,
    ...{ clock, log, metrics, limiter, orders, redis, subscriber, blocking },
    ...sources,
    participants: participants(aws, config),
    selections: mailSelections(aws, config),
    deliveries: deliveries(aws, config),
    runs: runs(aws, config),
    accountRequests: accountRequests(aws, config),
    noticeRequests: noticeRequests(aws, config),
    receivers: groupLookup(mailDns(config.DNS_SERVERS ?? ""), clock),
    freshSecrets: secretStore.fresh,
    bounceMailboxes: bounceMailboxes(aws, config),
    dryRunRecipients: dryRunRecipients(aws, config),
    queues: use(stepQueues(redis, { log, clock })),
    chunkQueue: use(chunkQueue(redis, { log, clock })),
    flags: use(cancelFlags(redis, { log }, subscriber)),
    runSignal: use(runSignal(redis, subscriber, { clock, log })),
    connections: use(
      connectionPool(
        {
          ...{ limiter, log, clock },
          openMailer: async (account, limit) => {
            report(account);
            return openMailer(account, await access(account), { clock, limit, times: smtpTimes });
          },
        },
        limits,
      ),
    ),
    content: contentCache((order) => loadRunContent(sources, config, order, "Send")),
    checkCredentials: async (account: Account) => void (await access(account)),
  };
}
