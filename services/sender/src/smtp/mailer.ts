import type { Account } from "@email-agent/shared/domain/configItems.ts";
import type { Mail } from "@email-agent/shared/domain/delivery/message.ts";
import type { SmtpAnswer } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import { type Clock, systemClock } from "@email-agent/shared/kit/clock.ts";
import type { AccountAccess } from "./credentials.ts";
import { mimeMessage, needsSmtpUtf8, wireAddress } from "./mime.ts";
import { type SessionLimit, sessionLimit } from "./sessionLimit.ts";
import { isLine, type MailEnvelope, openLine, type SmtpLine, type SmtpTimes } from "./smtpLine.ts";

/**
 * One open way to one account's server: one SMTP connection that takes one message after the other (reopened after
 * `messagesPerConnection`). A process holds as many as it has connection slots.
 */
export interface Mailer {
  /** Never rejects for what the server or the network did: that is the answer. */
  send(mail: Mail): Promise<SmtpAnswer>;
  /**
   * Opens the connection if it is not open, so that the next message begins at its turn and not a handshake later.
   * Never rejects: what went wrong is the answer of the next `send`.
   */
  ready(): Promise<void>;
  /**
   * The server refused the last message for the number of messages on its connection: the next one goes over a new
   * connection, and the connections of the account are reopened before that number for a while.
   */
  endSession(): void;
  /**
   * Ends the connection. A message in flight is answered at once by what is known of it: in doubt if DATA was sent, not
   * sent if not. Messages sent afterwards are answered as not sent.
   */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface MailerOptions {
  readonly clock?: Clock;
  readonly times?: Partial<MailerTimes>;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly trustedCertificates?: string;
  /** Shared by the mailers of an account; default: the account's `messagesPerConnection`, remembered by this mailer alone. */
  readonly session?: SessionLimit;
}

interface MailerTimes extends SmtpTimes {
  /** A connection that was idle for longer is not used again: many servers and firewalls drop it unseen. */
  readonly idleMilliseconds: number;
}

const second = 1000;

const usualTimes: MailerTimes = {
  connectMilliseconds: 60 * second,
  greetingMilliseconds: 30 * second,
  commandMilliseconds: 300 * second,
  dotMilliseconds: 600 * second,
  confirmMilliseconds: 30 * second,
  quitMilliseconds: 2 * second,
  idleMilliseconds: 30 * second,
};

const notOpened: SmtpAnswer = { dataSent: false, phase: "connect", failure: "lost" };

/**
 * A mailer for one account. It opens its connection with the first message and never repeats a message by itself.
 *
 * nodemailer's SMTPConnection opens the connection: addresses of the host, TLS, greeting, sign-in. The messages go over it
 * by transaction.ts, because nodemailer takes any line for the reply to the last command, and sends the rest of a message
 * and its final dot behind a refusal. They are encoded in mime.ts, which took 1.6 times less CPU than nodemailer's encoder.
 */
export function openMailer(
  account: Pick<Account, "messagesPerConnection">,
  access: AccountAccess,
  options: MailerOptions = {},
): Mailer {
  const times = { ...usualTimes, ...options.times };
  const clock = options.clock ?? systemClock;
  const session = options.session ?? sessionLimit(account.messagesPerConnection, clock);
  const closed = new AbortController();
  let line: SmtpLine | undefined;
  /** Why there is no connection. */
  let unopened: SmtpAnswer | undefined;
  let busy = 0;
  let taken = 0;
  let isFull = false;
  let usedAt = 0;
  let mustReset = false;
  let last: Promise<unknown> = Promise.resolve();

  const isUsable = (open: SmtpLine) =>
    open.isOpen && !isFull && taken < session.messages && clock.monotonic() - usedAt <= times.idleMilliseconds;

  /** A line ready for a message; otherwise `unopened` says why there is none. */
  const ensureLine = async (): Promise<SmtpLine | undefined> => {
    if (line && isUsable(line) && (!mustReset || (await line.reset())) && (await line.isQuiet())) {
      mustReset = false;
      return line;
    }
    await line?.quit();
    line = undefined;
    unopened = undefined;
    if (closed.signal.aborted) return undefined;
    const answer = await openLine(access, times, options.trustedCertificates, closed.signal);
    if (!isLine(answer)) {
      unopened = answer;
      return undefined;
    }
    taken = 0;
    isFull = false;
    mustReset = false;
    usedAt = clock.monotonic();
    line = answer;
    return line;
  };

  const transmit = async (mail: Mail): Promise<SmtpAnswer> => {
    const open = unopened ? undefined : await ensureLine();
    if (!open || closed.signal.aborted) {
      // What `ready` found out is the answer of one message; the next one tries again.
      const answer = unopened ?? notOpened;
      unopened = undefined;
      return { ...answer, messagesBefore: 0 };
    }
    const message = mimeMessage(mail, clock.now(), access.dkim);
    const messagesBefore = taken;
    taken += 1;
    const answer = await open.transmit(envelopeOf(mail), message);
    usedAt = clock.monotonic();
    mustReset = answer.code === undefined || answer.code >= 300;
    return { ...answer, messagesBefore };
  };

  /** One after the other, whatever the caller does. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    busy += 1;
    const done = last.then(work).finally(() => {
      busy -= 1;
    });
    last = done.catch(() => {});
    return done;
  };

  return {
    send: (mail) => inTurn(() => transmit(mail)),
    ready: () =>
      inTurn(async () => {
        if (!unopened) await ensureLine();
      }),
    endSession() {
      isFull = true;
      session.reached(taken - 1);
    },
    async [Symbol.asyncDispose]() {
      closed.abort();
      if (busy > 0) line?.cut();
      await last;
      await line?.quit();
      line = undefined;
    },
  };
}

function envelopeOf({ from, replyTo, envelopeFrom, to }: Mail): MailEnvelope {
  return {
    from: wireAddress(envelopeFrom),
    to: wireAddress(to.address),
    utf8Sender: [envelopeFrom, from.address, replyTo].some(needsSmtpUtf8),
    utf8Recipient: needsSmtpUtf8(to.address),
  };
}
