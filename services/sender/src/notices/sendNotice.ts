import type { ConfigTable } from "@email-agent/shared/adapters/configTable.ts";
import type { NoticeRequests } from "@email-agent/shared/adapters/noticeRequests.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { type AccountNotice, type SmtpAttempt, smtpVerdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import {
  type NoticeRequest,
  noticeMailsAnHour,
  noticePatienceMilliseconds,
  noticesAnHour,
} from "@email-agent/shared/domain/notices/notice.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import type { ConnectionPool } from "../delivery/connectionPool.ts";
import type { AccountLimiter } from "../limits/accountLimiter.ts";
import { noticeAccounts } from "./noticeAccounts.ts";
import { type NoticeMailConfig, noticeMail } from "./noticeMail.ts";
import { type NoticeRecipient, noticeRecipients } from "./noticeRecipients.ts";

export interface NoticePorts {
  readonly noticeRequests: NoticeRequests;
  readonly config: Pick<ConfigTable, "user" | "accounts" | "settings">;
  readonly limiter: Pick<AccountLimiter, "pause">;
  readonly connections: ConnectionPool;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "count">;
}

/** Notices that this sender holds: one, or all of a work order that waited for the next hour. */
export interface HeldNotices {
  readonly notices: readonly [NoticeRequest, ...NoticeRequest[]];
  readonly signal: AbortSignal;
  /** The mail to a recipient may begin; false if it was begun before or the notices are no longer held. */
  begin(recipient: string): Promise<boolean>;
  unbegin(recipient: string): Promise<void>;
}

/** What becomes of held notices: they end, or wait (epoch ms). */
export type NoticeEnd =
  | { readonly outcome: "sent" | "no one" | "failed"; readonly mails: number }
  | { readonly until: number; readonly summed?: boolean };

const minute = 60_000;
/** Waits between the tries. */
const backoffMilliseconds = [minute, 5 * minute, 15 * minute, 60 * minute];
/** How long a notice waits for a connection that Sends use, or that does not open. */
const patienceMilliseconds = 15_000;

/**
 * Mails notices to everyone they are for who has not got them, with the first account that can send. It takes no place in the
 * quota and says nothing to the limits of an account: a notice that fails must neither pause an account nor cause another
 * notice. It is a line in the log and a metric.
 */
export async function sendNotice(ports: NoticePorts, config: NoticeMailConfig, held: HeldNotices): Promise<NoticeEnd> {
  const { noticeRequests, clock, log, metrics } = ports;
  const [first] = held.notices;
  const settings = await ports.config.settings();
  const recipients = await noticeRecipients(ports.config, held.notices, settings.notices);
  const begun = new Set(held.notices.flatMap((notice) => [...notice.begun]));
  let left: readonly NoticeRecipient[] = recipients.filter(({ key }) => !begun.has(key));
  if (left.length === 0) return { outcome: begun.size > 0 ? "sent" : "no one", mails: begun.size };
  const now = clock.now();
  if (!(await noticeRequests.allow(`order ${first.workOrderId}`, 1, noticesAnHour, now)))
    return { until: nextHour(now), summed: true };
  let refused = 0;
  for (const account of await noticeAccounts(ports, first, settings.notices)) {
    if (!(await noticeRequests.allow(`account ${account.name}`, left.length, noticeMailsAnHour, now))) continue;
    const work = { ports, config, held, account, timeZone: settings.timeZone };
    const result = await mailAll(work, left);
    refused += result.refused;
    left = result.left;
    if (left.length === 0 || !result.tryElsewhere) break;
  }
  const about = { workOrderId: first.workOrderId, notice: first.sk };
  const mails = recipients.length - left.length - refused;
  if (left.length === 0) return { outcome: mails > 0 ? "sent" : "failed", mails };
  if (now - epochMilliseconds(first.at) > noticePatienceMilliseconds) {
    metrics.count("NoticeFailures", left.length);
    log.error({ ...about, recipients: left.length }, "a notice could not be mailed for a day; it is given up");
    return { outcome: "failed", mails };
  }
  log.warn({ ...about, attempt: first.attempts, recipients: left.length }, "a notice could not be mailed yet");
  return { until: now + (backoffMilliseconds[first.attempts - 1] ?? 60 * minute) };
}

function nextHour(now: number): number {
  return now - (now % (60 * minute)) + 60 * minute;
}

interface MailWork {
  readonly ports: NoticePorts;
  readonly config: NoticeMailConfig;
  readonly held: HeldNotices;
  readonly account: Account;
  readonly timeZone: string;
}

interface MailResult {
  /** Who certainly has no mail and may get it later. */
  readonly left: readonly NoticeRecipient[];
  /** How many the server refused permanently: they get none. */
  readonly refused: number;
  /** The account cannot send: another one may. */
  readonly tryElsewhere: boolean;
}

/** All connections of an account may hang, with the very Send that the notice is about: then another account is tried. */
function patiently(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(patienceMilliseconds)]);
}

async function mailAll(work: MailWork, recipients: readonly NoticeRecipient[]): Promise<MailResult> {
  const { ports, account, held } = work;
  const left: NoticeRecipient[] = [];
  let refused = 0;
  try {
    using _inUse = ports.connections.join(account);
    if (!(await ports.connections.ready(account, patienceMilliseconds, patiently(held.signal))))
      return { left: recipients, refused, tryElsewhere: true };
    for (const [index, recipient] of recipients.entries()) {
      const end = await mailOne(work, recipient);
      if (end === "refused") refused += 1;
      if (end === "later") left.push(recipient);
      if (end === "account") return { left: [...left, ...recipients.slice(index)], refused, tryElsewhere: true };
    }
    return { left, refused, tryElsewhere: false };
  } catch (error) {
    held.signal.throwIfAborted();
    // Its password cannot be read, say: another account may do.
    ports.log.warn({ error, account: account.name }, "an account could not send a notice; the next one is tried");
    return { left: [...left, ...recipients.filter((one) => !left.includes(one))], refused, tryElsewhere: true };
  }
}

/** What a server says about one recipient; anything else is about the account. */
const aboutRecipient: ReadonlySet<AccountNotice> = new Set(["ok", "none", "refused", "soft-refusal"]);

/** `later`: the recipient's server asked to wait. `account`: the account cannot send. */
type MailEnd = "done" | "refused" | "later" | "account";

async function mailOne(
  { ports, config, held, account, timeZone }: MailWork,
  recipient: NoticeRecipient,
): Promise<MailEnd> {
  const { log, metrics, connections } = ports;
  const mail = noticeMail({ notices: held.notices, recipient, account, timeZone }, config);
  const attempt = await connections.use(
    account,
    patiently(held.signal),
    async (mailer): Promise<SmtpAttempt | undefined> => {
      await mailer.ready();
      return (await held.begin(recipient.key)) ? mailer.send(mail) : undefined;
    },
  );
  if (!attempt) {
    held.signal.throwIfAborted();
    return "later";
  }
  const verdict = smtpVerdict(attempt, account, recipient.address);
  if (verdict.recipient === "sent") return "done";
  const about = { workOrderId: held.notices[0].workOrderId, notice: held.notices[0].sk, recipient: recipient.key };
  const said = { ...about, account: account.name, reason: verdict.reason };
  if (verdict.recipient === "in-doubt") {
    log.warn(said, "it is not known whether a notice was accepted; it is not sent again");
    return "done";
  }
  const isAboutRecipient = aboutRecipient.has(verdict.account);
  if (verdict.recipient === "failed" && isAboutRecipient) {
    metrics.count("NoticeFailures", 1);
    log.warn(said, "a notice was refused");
    return "refused";
  }
  await held.unbegin(recipient.key);
  log.warn(said, "a notice was not accepted");
  return isAboutRecipient ? "later" : "account";
}
