import type { SmtpAttempt } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import type { NodemailerError } from "nodemailer/lib/errors";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { AccountAccess } from "./credentials.ts";
import { type Dialogue, dialogue } from "./dialogue.ts";
import { type Handshake, handshake } from "./handshake.ts";
import { classOf } from "./replyReader.ts";
import { noReply, outOfStep, replied, responseOfError } from "./smtpResponses.ts";
import { type Envelope, type TransactionTimes, transact } from "./transaction.ts";

/** How long each phase may take, in milliseconds. */
export interface SmtpTimes extends TransactionTimes {
  /** Name lookup, connection and TLS together. */
  readonly connectMilliseconds: number;
  readonly greetingMilliseconds: number;
  /** From MAIL FROM to the server's 354; the same for authentication. RFC 5321 4.5.3.2 asks for 5 minutes. */
  readonly commandMilliseconds: number;
  /** How long a polite QUIT may take. */
  readonly quitMilliseconds: number;
}

export interface MailEnvelope {
  readonly from: string;
  readonly to: string;
  /** One of the sender's addresses, in the envelope or a header, needs SMTPUTF8. */
  readonly utf8Sender: boolean;
  readonly utf8Recipient: boolean;
}

/** SMTP session: one connection, open and authenticated. */
export interface SmtpSession {
  /** True until either side ended the connection. */
  readonly isOpen: boolean;
  /** Sends one message, one at a time. Never rejects. */
  transmit(envelope: MailEnvelope, message: Buffer): Promise<SmtpAttempt>;
  /** Whether the server takes a sender: MAIL FROM, and RSET. No message begins. Never rejects. */
  tryMailFrom(from: string, isUtf8: boolean): Promise<SmtpAttempt>;
  /** RSET after a refusal, so that the next message finds no open transaction. False if the connection is unusable. */
  reset(): Promise<boolean>;
  /** False if the server has said anything since the last message: then the connection is unusable. */
  isQuiet(): Promise<boolean>;
  /** Sends QUIT and waits for the end. */
  quit(): Promise<void>;
  /** Cuts at once. A message in flight gets the response that is known so far. */
  cut(): void;
}

/** Opens a connection and authenticates. Returns the session, or the response that every message on it would have got. */
export async function openSmtpSession(
  access: AccountAccess,
  times: SmtpTimes,
  trustedCertificates: string | undefined,
  signal: AbortSignal,
): Promise<SmtpSession | SmtpAttempt> {
  const { promise, resolve: settle } = Promise.withResolvers<SmtpAttempt | "signed in">();
  const heard = handshake(
    () => connection._socket || undefined,
    (phase, said) => settle(outOfStep(phase, said, false)),
  );
  const connection = connectionTo(access, times, trustedCertificates, heard);
  const fail = (error: NodemailerError) => settle(responseOfError(error, heard.phase));
  connection.on("error", fail);
  // A 421 ends the connection before its own error is reported, so the end waits for reports in the same tick.
  connection.on("end", () => queueMicrotask(() => settle(noReply(heard.phase, "lost", false))));
  const cut = () => connection.close();
  signal.addEventListener("abort", cut, { once: true });
  const setUp = times.connectMilliseconds + times.greetingMilliseconds + times.commandMilliseconds;
  const timer = setTimeout(() => settle(noReply(heard.phase, "timeout", false)), setUp);
  connection.connect((error) => {
    if (error) return fail(error);
    if (!access.username || !connection.allowsAuth) return settle("signed in");
    connection.login({ user: access.username, pass: access.password }, (refused) =>
      refused ? fail(refused) : settle("signed in"),
    );
  });
  const opened = await promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", cut);
    heard.end();
  });
  if (opened === "signed in" && connection._socket)
    return sessionOn(connection, dialogue(connection, connection._socket), heard.extensions, times);
  connection.close();
  return opened === "signed in" ? noReply("auth", "lost", false) : opened;
}

/** True if a session was opened. */
export function isSession(opened: SmtpSession | SmtpAttempt): opened is SmtpSession {
  return "transmit" in opened;
}

function connectionTo(access: AccountAccess, times: SmtpTimes, ca: string | undefined, { logger }: Handshake) {
  return new SMTPConnection({
    host: access.host,
    port: access.port,
    secure: access.security === "tls",
    requireTLS: access.security === "starttls",
    ignoreTLS: access.security === "none",
    tls: { minVersion: "TLSv1.2", rejectUnauthorized: true, ...(ca !== undefined && { ca }) },
    connectionTimeout: times.connectMilliseconds,
    greetingTimeout: times.greetingMilliseconds,
    // Later than the timers of this product, which know the phases.
    socketTimeout: times.commandMilliseconds + times.dotMilliseconds,
    transactionLog: true,
    logger,
  });
}

function sessionOn(
  connection: SMTPConnection,
  talk: Dialogue,
  extensions: ReadonlySet<string>,
  times: SmtpTimes,
): SmtpSession {
  const isPipelining = extensions.has("PIPELINING");
  return {
    get isOpen() {
      return talk.isOpen;
    },
    transmit(envelope, message) {
      const unfit = unfitFor(envelope, extensions);
      if (unfit) return Promise.resolve(unfit);
      const commands = commandsOf(envelope, extensions);
      return talk.exchange(times.commandMilliseconds, () => transact(talk, commands, message, { isPipelining, times }));
    },
    tryMailFrom(from, isUtf8) {
      const envelope = { from, to: from, utf8Sender: isUtf8, utf8Recipient: false };
      const unfit = unfitFor(envelope, extensions);
      if (unfit) return Promise.resolve(unfit);
      return talk.exchange(times.commandMilliseconds, async () => {
        talk.write(`${commandsOf(envelope, extensions).mail}\r\n`);
        const reply = await talk.next();
        if (typeof reply !== "object") return noReply("mail", reply, false);
        talk.write("RSET\r\n");
        await talk.next();
        return reply.code === undefined ? outOfStep("mail", reply, false) : replied("mail", reply.text, false);
      });
    },
    reset: () =>
      talk.exchange(times.commandMilliseconds, async () => {
        if (!(await talk.isQuiet())) return false;
        talk.write("RSET\r\n");
        const reply = await talk.next();
        const isDone = typeof reply === "object" && classOf(reply) === 2;
        if (!isDone) talk.cut();
        return isDone;
      }),
    isQuiet: () => talk.isQuiet(),
    quit: () =>
      talk.exchange(times.quitMilliseconds, async () => {
        if (!talk.isOpen) return;
        talk.write("QUIT\r\n");
        await talk.next();
        connection.close();
      }),
    cut: () => talk.cut(),
  };
}

/** Why nothing is sent for an envelope: an address that could end its command, or that the server cannot take. */
function unfitFor(envelope: MailEnvelope, extensions: ReadonlySet<string>): SmtpAttempt | undefined {
  const { from, to, utf8Sender, utf8Recipient } = envelope;
  if (!to || /[\p{Cc}<>]/u.test(from + to)) return noReply("mail", "address", false);
  if (extensions.has("SMTPUTF8")) return undefined;
  if (utf8Sender) return noReply("mail", "no-smtputf8", false);
  return utf8Recipient ? noReply("rcpt", "no-smtputf8", false) : undefined;
}

/** RFC 6531 3.4: a message with international addresses announces that, and its headers are 8-bit. */
function commandsOf({ from, to, utf8Sender, utf8Recipient }: MailEnvelope, extensions: ReadonlySet<string>): Envelope {
  const eightBit = extensions.has("8BITMIME") ? " BODY=8BITMIME" : "";
  const parameters = utf8Sender || utf8Recipient ? `${eightBit} SMTPUTF8` : "";
  return { mail: `MAIL FROM:<${from}>${parameters}`, rcpt: `RCPT TO:<${to}>` };
}
