import type { Account } from "@email-agent/shared/domain/account.ts";
import { pausedWhy } from "@email-agent/shared/domain/bounces/returnRate.ts";
import type { AccountLine, AccountRequest } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { maskRecipient } from "@email-agent/shared/domain/delivery/maskedAddress.ts";
import { type Mail, message, type SigningConfig } from "@email-agent/shared/domain/delivery/message.ts";
import { type SmtpAttempt, smtpVerdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import { pauseWords, unknownPause } from "@email-agent/shared/domain/delivery/waiting.ts";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { ConnectionPool } from "../delivery/connectionPool.ts";
import type { AccountLimiter } from "../limits/accountLimiter.ts";
import type { Reservation, ReserveResult } from "../limits/rateReservations.ts";
import type { GroupLookup } from "../receiving/groupLookup.ts";

export interface TrialPorts {
  readonly limiter: AccountLimiter;
  readonly connections: ConnectionPool;
  readonly receivers: GroupLookup;
  readonly clock: Clock;
  readonly log: Log;
}

export type TrialConfig = SigningConfig;

interface Trial {
  readonly request: AccountRequest;
  readonly signal: AbortSignal;
  begin(): Promise<boolean>;
}

/** How long a trial mail waits for a connection and a rate slot: longer than a browser looks. */
const patienceMilliseconds = 30_000;

/**
 * Sends one mail the way of every other: a connection of the pool, a place in the quota, a rate slot, our headers and signature.
 * Returns what became of it. A trial that an earlier sender began is not sent again.
 */
export async function sendTrial(
  { limiter, connections, receivers, clock }: TrialPorts,
  config: TrialConfig,
  account: Account,
  { request, signal, begin }: Trial,
): Promise<AccountLine> {
  if (request.begun)
    return unknown("The sender ended while it sent the mail, so it is not known whether it was accepted.");
  const to = mailAddress(request.to);
  if (to === undefined) return refused("The address is not a mail address.", "Enter one as office@example.org.");
  if (account.paused)
    return refused(`The account is paused: ${pausedWhy(account.paused)}`, "Resume it, then try again.");
  using _inUse = connections.join(account);
  if (!(await connections.ready(account, patienceMilliseconds, signal)))
    return refused("All connections of the account are in use by Sends.", "Try again later.");
  const reserved = await limiter.reserve(account, 1, patienceMilliseconds, signal, request.sk, () =>
    receivers.of([to]),
  );
  if (reserved.kind !== "reserved") return waits(reserved);
  const mail = trialMail(account, request.sk, to, config, clock.now());
  const attempt = await transmit({ connections, clock }, account, mail, reserved, { signal, begin });
  if (attempt === undefined)
    return refused("The account was paused, or the request was taken over, before the mail began.", "Try again.");
  if ("until" in attempt) return waits(attempt);
  const verdict = smtpVerdict(attempt, account, to);
  await limiter.record(account, verdict.account, `trial ${request.sk}`);
  if (verdict.recipient === "sent") {
    const reply = maskRecipient(attempt.response ?? "", to)
      .replace(/\s+/g, " ")
      .trim();
    return {
      id: "trial",
      title: "Trial mail",
      verdict: "pass",
      text: `The mail server accepted it: "${reply}". It is from ${mail.from.address}, with the subject “${mail.subject}”.`,
    };
  }
  if (verdict.recipient === "in-doubt") return unknown(`${verdict.reason}.`);
  return refused(`The mail server did not accept it: ${verdict.reason}.`, "Check the account, and the address.");
}

type Paused = Extract<ReserveResult, { kind: "wait" }>;

/** The reply; undefined if the message did not begin. The place in the quota goes back if no DATA was sent. */
async function transmit(
  { connections, clock }: Pick<TrialPorts, "connections" | "clock">,
  account: Account,
  mail: Mail,
  reservation: Reservation,
  { signal, begin }: Pick<Trial, "signal" | "begin">,
): Promise<SmtpAttempt | Paused | undefined> {
  let attempt: SmtpAttempt | undefined;
  const slot = { used: false };
  try {
    return await connections.use(account, signal, async (mailer) => {
      await mailer.ready();
      const [place] = reservation.places;
      const begins = () => reservation.waitForRateSlot(async () => !signal.aborted, signal, place);
      let due = await begins();
      for (; due.kind === "early"; due = await begins()) await clock.sleep(due.dueAt - clock.monotonic(), signal);
      if (due.kind === "paused") return { ...due, kind: "wait", cause: "paused" } as const;
      slot.used = due.kind === "due";
      if (!slot.used || !(await begin())) return undefined;
      attempt = await mailer.send(mail);
      return attempt;
    });
  } finally {
    if (!attempt?.dataSent) await reservation.giveBack(1, slot.used, reservation.places);
  }
}

function trialMail(account: Account, id: string, to: string, config: SigningConfig, now: number): Mail {
  const at = instant(now);
  const subject = `Trial mail of the account ${account.name}`;
  const lines = [
    `This is a trial mail of the account ${account.name}, sent ${at} from the settings of the Email Manager.`,
    "Its header Authentication-Results says what your mail server found: look for spf=pass, dkim=pass and dmarc=pass.",
  ];
  const html = `<html lang="en"><body>${lines.map((line) => `<p>${escaped(line)}</p>`).join("")}</body></html>`;
  return message(
    {
      account,
      order: { eventCode: "trial", stage: "trial" },
      ...{ mailingKey: "trial", runId: id, isTest: true, unsubscribeUrl: "" },
      ...{ participant: { id: "trial" }, email: to, rendered: { subject, html, text: lines.join("\n\n") } },
    },
    config,
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function waits(result: Exclude<ReserveResult, Reservation>): AccountLine {
  if (result.kind === "quota-used-up")
    return refused("The quota of the account for 24 hours is used up.", "Try again later, or raise the quota.");
  if (result.kind === "limited")
    return refused("The limit of the receiving domain has no place for it now.", "Try again later.");
  const until = instant(result.until);
  if (result.cause === "paused") {
    const because = result.because ?? pauseWords(result.pausedFor) ?? unknownPause;
    return refused(`The account is paused until ${until}, because ${because}.`, "Try again then.");
  }
  return refused(`The rate of the account has no place for it before ${until}.`, "Try again then.");
}

function refused(text: string, repair: string): AccountLine {
  return { id: "trial", title: "Trial mail", verdict: "fail", text, repair };
}

function unknown(text: string): AccountLine {
  const repair = "Look into the mailbox before you send another one.";
  return { id: "trial", title: "Trial mail", verdict: "warn", text, repair };
}
