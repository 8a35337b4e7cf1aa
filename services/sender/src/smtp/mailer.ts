import type { Account } from "@email-agent/shared/domain/account.ts";
import type { Mail } from "@email-agent/shared/domain/delivery/message.ts";
import type { SmtpAttempt } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import { type Clock, systemClock } from "@email-agent/shared/kit/clock.ts";
import type { AccountAccess } from "./credentials.ts";
import { mimeMessage, needsSmtpUtf8, wireAddress } from "./mime.ts";
import { type SessionLimit, sessionLimit } from "./sessionLimit.ts";
import { isSession, type MailEnvelope, openSmtpSession, type SmtpSession, type SmtpTimes } from "./smtpSession.ts";

/**
 * Sends mail to one account's server: one SMTP connection that takes one message after the other and reconnects after
 * `messagesPerConnection`, an idle time or an error. A process holds as many as it has connection slots.
 */
export interface Mailer {
  /** Never rejects for what the server or the network did: that is the response. */
  send(mail: Mail): Promise<SmtpAttempt>;
  /**
   * Opens the connection if it is not open, so that the next message begins in its rate slot and not a handshake later.
   * Never rejects: what went wrong is returned, and is the response of the next `send`.
   */
  ready(): Promise<SmtpAttempt | undefined>;
  /**
   * The server refused the last message for the number of messages on its connection: the next one goes over a new
   * connection, and for a while the connections of the account reconnect before that number.
   */
  endSession(): void;
  /**
   * Ends the connection. A message in flight gets its response at once: in doubt if DATA was sent, otherwise not sent.
   * Later messages are not sent.
   */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface MailerOptions {
  readonly clock?: Clock;
  readonly times?: Partial<MailerTimes>;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly trustedCertificates?: string;
  /** Shared by the mailers of an account; default: the account's `messagesPerConnection`, for this mailer alone. */
  readonly limit?: SessionLimit;
}

/** The time-outs of an SMTP connection; tests of silent servers pass shorter ones. */
export interface MailerTimes extends SmtpTimes {
  /** TTL of an idle connection: many servers and firewalls drop it silently after this. */
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

const notOpened: SmtpAttempt = { dataSent: false, phase: "connect", failure: "lost" };

/**
 * A mailer for one account. It opens its connection with the first message and never retries a message by itself.
 *
 * nodemailer's SMTPConnection opens the connection: addresses of the host, TLS, greeting, authentication. transaction.ts
 * sends the messages, because nodemailer takes any line for the reply to the last command, and sends the rest of a message
 * and its final dot after a refusal. mime.ts encodes them with 1.6 times less CPU than nodemailer's encoder.
 */
export function openMailer(
  account: Pick<Account, "messagesPerConnection">,
  access: AccountAccess,
  options: MailerOptions = {},
): Mailer {
  const times = { ...usualTimes, ...options.times };
  const clock = options.clock ?? systemClock;
  const limit = options.limit ?? sessionLimit(account.messagesPerConnection, clock);
  const closed = new AbortController();
  let session: SmtpSession | undefined;
  /** Why there is no connection. */
  let unopened: SmtpAttempt | undefined;
  let busy = 0;
  let taken = 0;
  let isFull = false;
  let usedAt = 0;
  let mustReset = false;
  let last: Promise<unknown> = Promise.resolve();

  const isUsable = (open: SmtpSession) =>
    open.isOpen && !isFull && taken < limit.messages && clock.monotonic() - usedAt <= times.idleMilliseconds;

  /** A session ready for a message; otherwise `unopened` says why there is none. */
  const ensureSession = async (): Promise<SmtpSession | undefined> => {
    if (session && isUsable(session) && (!mustReset || (await session.reset())) && (await session.isQuiet())) {
      mustReset = false;
      return session;
    }
    await session?.quit();
    session = undefined;
    unopened = undefined;
    if (closed.signal.aborted) return undefined;
    const opened = await openSmtpSession(access, times, options.trustedCertificates, closed.signal);
    if (!isSession(opened)) {
      unopened = opened;
      return undefined;
    }
    taken = 0;
    isFull = false;
    mustReset = false;
    usedAt = clock.monotonic();
    session = opened;
    return session;
  };

  const transmit = async (mail: Mail): Promise<SmtpAttempt> => {
    const open = unopened ? undefined : await ensureSession();
    if (!open || closed.signal.aborted) {
      // What `ready` found is the response of one message; the next one tries again.
      const response = unopened ?? notOpened;
      unopened = undefined;
      return { ...response, messagesBefore: 0 };
    }
    const message = mimeMessage(mail, clock.now(), access.dkim);
    const messagesBefore = taken;
    taken += 1;
    const response = await open.transmit(envelopeOf(mail), message);
    usedAt = clock.monotonic();
    mustReset = response.code === undefined || response.code >= 300;
    return { ...response, messagesBefore };
  };

  /** Runs one after the other, whatever the caller does. */
  const oneByOne = <Result>(work: () => Promise<Result>): Promise<Result> => {
    busy += 1;
    const done = last.then(work).finally(() => {
      busy -= 1;
    });
    last = done.catch(() => {});
    return done;
  };

  return {
    send: (mail) => oneByOne(() => transmit(mail)),
    ready: () =>
      oneByOne(async () => {
        if (!unopened) await ensureSession();
        return unopened;
      }),
    endSession() {
      isFull = true;
      limit.reached(taken - 1);
    },
    async [Symbol.asyncDispose]() {
      closed.abort();
      if (busy > 0) session?.cut();
      await last;
      await session?.quit();
      session = undefined;
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
