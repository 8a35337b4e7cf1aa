import type { BounceMailbox } from "@email-agent/shared/domain/bounces/bounceMailbox.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ImapFlow } from "imapflow";

/** Where a bounce mailbox is, and how to sign in: never logged. */
export interface MailboxAccess extends Pick<BounceMailbox, "host" | "port" | "security" | "folder"> {
  readonly username: string;
  readonly password: string;
}

/** A mail of the folder, or the first part of a long one. */
export interface MailSource {
  readonly bytes: Uint8Array;
  /** When the server received it: epoch milliseconds. */
  readonly receivedAt: number;
}

/** A connection with the folder of a bounce mailbox open. Everything rejects once it is closed or its signal aborts. */
export interface MailboxSession extends AsyncDisposable {
  readonly uidValidity: string;
  /** UIDs above `uid` of mails that were received since `since` (epoch milliseconds, by the day), ascending. */
  uidsAbove(uid: number, since: number): Promise<number[]>;
  /** Undefined if the mail is gone. It stays unseen. */
  fetch(uid: number): Promise<MailSource | undefined>;
  /** Moves a mail to the folder `Processed` below, or where that is not possible marks it as seen. */
  file(uid: number): Promise<void>;
  /** Flags a mail for a person. */
  flag(uid: number): Promise<void>;
  /** Resolves when a mail may have arrived, and after `milliseconds` at the latest (IDLE, RFC 2177). */
  waitForMail(milliseconds: number): Promise<void>;
}

interface SessionOptions {
  /** Closes the connection at once. */
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, "sleep">;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly trustedCertificates?: string | undefined;
}

/** A report is short, and a long returned mail follows it: this much of a mail is read. */
const readBytes = 512 * 1024;
const processed = "Processed";

/** What a server can make us hold: a list of a million UIDs fits into a line. */
const limits = { maxLineLength: 8 << 20, maxLiteralSize: 1 << 20, maxResponseSize: 16 << 20 };
const timeouts = { connectionTimeout: 20_000, greetingTimeout: 15_000, socketTimeout: 120_000 };

/**
 * Signs in and opens the folder. AppError `configuration` or `authentication` with the repair if that is refused, `dependency`
 * if the server does not respond.
 */
export async function openMailbox(access: MailboxAccess, options: SessionOptions): Promise<MailboxSession> {
  const { host, port, security, username, password, folder } = access;
  const { signal, clock, trustedCertificates } = options;
  const client = new ImapFlow({
    ...{ host, port, ...limits, ...timeouts },
    secure: security === "tls",
    ...(security !== "tls" && { doSTARTTLS: security === "starttls" }),
    auth: { user: username, pass: password },
    tls: { minVersion: "TLSv1.2", ...(trustedCertificates !== undefined && { ca: trustedCertificates }) },
    logger: false,
    autoIdleDelay: 1000,
    // The client would keep a timer for each lock.
    maxLockHoldTime: false,
  });
  // The error comes with the command under way, too; without a listener it would end the process.
  client.on("error", () => {});
  const close = () => client.close();
  signal.addEventListener("abort", close, { once: true });
  const end = () => {
    signal.removeEventListener("abort", close);
    client.close();
  };
  try {
    signal.throwIfAborted();
    await client.connect();
    const { uidValidity, delimiter } = await client.mailboxOpen(folder);
    return sessionOf(client, { uidValidity: String(uidValidity), folder, delimiter, signal, clock, end });
  } catch (error) {
    end();
    signal.throwIfAborted();
    throw inWords(error, access);
  }
}

interface Opened extends Pick<SessionOptions, "signal" | "clock"> {
  readonly uidValidity: string;
  readonly folder: string;
  readonly delimiter: string;
  readonly end: () => void;
}

function sessionOf(client: ImapFlow, opened: Opened): MailboxSession {
  const { uidValidity, folder, delimiter, signal, clock, end } = opened;
  const byUid = { uid: true } as const;
  let canFile: Promise<boolean> | undefined;
  const target = `${folder}${delimiter || "/"}${processed}`;
  const made = () =>
    client.mailboxCreate(target).then(
      () => true,
      () => false,
    );
  /** Commands of a client whose connection has ended do nothing and say nothing. */
  const prove = () => {
    signal.throwIfAborted();
    if (!client.usable) throw new AppError("dependency", "The IMAP server closed the connection.");
  };
  return {
    uidValidity,
    async uidsAbove(uid, since) {
      prove();
      const found = await client.search({ uid: `${uid + 1}:*`, since: new Date(since) }, byUid);
      // The library returns false for a refusal: an empty list would say that the folder was read.
      if (found === false || found === undefined)
        throw new AppError("dependency", "The IMAP server refuses to search the folder of the bounce mailbox.");
      // `n:*` holds the last mail even if its UID is below n (RFC 3501 6.4.8).
      return found.filter((each) => each > uid).sort((one, other) => one - other);
    },
    async fetch(uid) {
      prove();
      const query = { uid: true, internalDate: true, source: { start: 0, maxLength: readBytes } } as const;
      const mail = await client.fetchOne(String(uid), query, byUid);
      prove();
      // False: the server has no such mail any more.
      if (mail === false || mail.source === undefined) return undefined;
      const at = mail.internalDate === undefined ? Number.NaN : new Date(mail.internalDate).getTime();
      return { bytes: mail.source, receivedAt: Number.isNaN(at) ? Date.now() : at };
    },
    async file(uid) {
      prove();
      canFile ??= made();
      if ((await canFile) && (await client.messageMove(String(uid), target, byUid))) return;
      await client.messageFlagsAdd(String(uid), ["\\Seen"], byUid);
    },
    async flag(uid) {
      prove();
      await client.messageFlagsAdd(String(uid), ["\\Flagged"], byUid);
    },
    async waitForMail(milliseconds) {
      const arrived = new AbortController();
      const wake = () => arrived.abort();
      for (const event of ["exists", "close"] as const) client.on(event, wake);
      const until = AbortSignal.any([signal, arrived.signal]);
      await clock.sleep(milliseconds, until).catch(() => undefined);
      for (const event of ["exists", "close"] as const) client.off(event, wake);
      prove();
      // A connection that died without a word shows itself here.
      await client.noop();
      prove();
    },
    async [Symbol.asyncDispose]() {
      end();
    },
  };
}

interface ImapError {
  readonly message?: string;
  readonly code?: string;
  readonly authenticationFailed?: boolean;
  readonly responseText?: string;
  readonly mailboxMissing?: boolean;
  readonly serverResponseCode?: string;
}

const certificateCodes = /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_(GET|VERIFY)|^ERR_(SSL|TLS)/;

/** The error as an operator can act on it. What a server says may hold the user name, so it is not repeated. */
function inWords(thrown: unknown, { host, port, folder }: MailboxAccess): AppError {
  const error = (thrown ?? {}) as ImapError;
  const server = `The IMAP server ${host}:${port}`;
  const cause = { cause: thrown };
  if (error.authenticationFailed)
    return new AppError("authentication", `${server} refuses the user name or the password.`, cause);
  if (error.mailboxMissing || error.serverResponseCode === "NONEXISTENT" || error.code === "NoMailbox")
    return new AppError("configuration", `${server} has no folder "${folder}" for this user.`, cause);
  if (certificateCodes.test(error.code ?? ""))
    return new AppError("configuration", `${server} has no valid certificate for its name (${error.code}).`, cause);
  if (/STARTTLS/i.test(error.message ?? ""))
    return new AppError("configuration", `${server} does not offer STARTTLS. Choose TLS and its port.`, cause);
  return new AppError(
    "dependency",
    `${server} does not respond (${error.code ?? error.message ?? "no reason"}).`,
    cause,
  );
}
