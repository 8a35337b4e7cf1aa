import type { SmtpAnswer } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import type { NodemailerError } from "nodemailer/lib/errors";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { AccountAccess } from "./credentials.ts";
import { answerOfError, replied, unanswered } from "./smtpFailure.ts";
import { type Transcript, transcript } from "./transcript.ts";

/** How long each phase may take, in milliseconds. */
export interface SmtpTimes {
  /** Name lookup, connection and TLS together. */
  readonly connectMilliseconds: number;
  readonly greetingMilliseconds: number;
  /** From MAIL FROM to the server's 354; the same for signing in. RFC 5321 4.5.3.2 asks for 5 minutes. */
  readonly commandMilliseconds: number;
  /** From 354 to the reply to the final dot: RFC 5321 4.5.3.2.6 asks for 10 minutes, and a shorter wait makes doubts. */
  readonly dotMilliseconds: number;
  /** How long a polite QUIT may take. */
  readonly quitMilliseconds: number;
}

/** One connection, open and signed in. */
export interface SmtpLine {
  /** True until the connection ended, whoever ended it. */
  readonly isOpen: boolean;
  /** Takes one message to its answer. Never rejects. One at a time. */
  transmit(envelope: { from: string; to: string }, message: Buffer): Promise<SmtpAnswer>;
  /** Ends an exchange that was refused, so that the next message finds no open transaction. False if the connection is of no more use. */
  reset(): Promise<boolean>;
  /** Says QUIT and waits for the end. */
  quit(): Promise<void>;
  /** Cuts at once. A message in flight is answered by what is known of it. */
  cut(): void;
}

type Settle = (answer: SmtpAnswer) => void;

/** Opens a connection and signs in. Answers the open line, or the answer that every message on it would have got. */
export async function openLine(
  access: AccountAccess,
  times: SmtpTimes,
  trustedCertificates: string | undefined,
  signal: AbortSignal,
): Promise<SmtpLine | SmtpAnswer> {
  const heard = transcript();
  const connection = connectionTo(access, times, trustedCertificates, heard);
  const exchange = exchanges(connection, heard);
  const cut = () => connection.close();
  signal.addEventListener("abort", cut, { once: true });
  try {
    const setUp = times.connectMilliseconds + times.greetingMilliseconds + times.commandMilliseconds;
    const answer = await exchange(setUp, (settle) => {
      const fail = (error: NodemailerError) => settle(answerOfError(error, heard));
      connection.connect((error) => {
        if (error) return fail(error);
        if (!access.username || !connection.allowsAuth) return settle(signedIn);
        connection.login({ user: access.username, pass: access.password }, (refused) =>
          refused ? fail(refused) : settle(signedIn),
        );
      });
    });
    if (answer === signedIn) return line(connection, heard, exchange, times);
    connection.close();
    return answer;
  } finally {
    signal.removeEventListener("abort", cut);
  }
}

/** True if opening gave a line and not an answer. */
export function isLine(opened: SmtpLine | SmtpAnswer): opened is SmtpLine {
  return "transmit" in opened;
}

const signedIn: SmtpAnswer = Object.freeze({ dataSent: false, phase: "auth" });

function connectionTo(access: AccountAccess, times: SmtpTimes, ca: string | undefined, heard: Transcript) {
  return new SMTPConnection({
    host: access.host,
    port: access.port,
    secure: access.security === "tls",
    requireTLS: access.security === "starttls",
    ignoreTLS: access.security === "none",
    tls: { minVersion: "TLSv1.2", rejectUnauthorized: true, ...(ca !== undefined && { ca }) },
    connectionTimeout: times.connectMilliseconds,
    greetingTimeout: times.greetingMilliseconds,
    // Behind the timers of this file, which know the phases.
    socketTimeout: times.commandMilliseconds + times.dotMilliseconds,
    transactionLog: true,
    logger: heard.logger,
  });
}

/**
 * Runs one exchange at a time to its answer: what `begin` settles, a broken connection, or silence, whichever comes
 * first. `extend` moves the deadline.
 */
function exchanges(connection: SMTPConnection, heard: Transcript) {
  let current: Settle | undefined;
  connection.on("error", (error: NodemailerError) => current?.(answerOfError(error, heard)));
  // A 421 ends the connection before its own error is told, so the end waits for what is told in the same turn.
  connection.on("end", () => queueMicrotask(() => current?.(unanswered(heard, "lost"))));

  return async (milliseconds: number, begin: (settle: Settle, extend: (milliseconds: number) => void) => void) => {
    const { promise, resolve } = Promise.withResolvers<SmtpAnswer>();
    const expire = () => {
      resolve(unanswered(heard, "timeout"));
      connection.close();
    };
    let timer = setTimeout(expire, milliseconds);
    const extend = (more: number) => {
      clearTimeout(timer);
      timer = setTimeout(expire, more);
    };
    current = resolve;
    try {
      begin(resolve, extend);
      return await promise;
    } finally {
      clearTimeout(timer);
      current = undefined;
    }
  };
}

function line(
  connection: SMTPConnection,
  heard: Transcript,
  exchange: ReturnType<typeof exchanges>,
  times: SmtpTimes,
): SmtpLine {
  return {
    get isOpen() {
      return !connection.destroyed;
    },
    transmit: ({ from, to }, message) =>
      exchange(times.commandMilliseconds, (settle, extend) => {
        heard.beginMessage(() => extend(times.dotMilliseconds));
        connection.send({ from, to: [to] }, message, (error, info) =>
          settle(info && !error ? replied("dot", info.response, true) : answerOfError(error!, heard)),
        );
      }),
    async reset() {
      const done: SmtpAnswer = { dataSent: false, phase: "mail" };
      const answer = await exchange(times.commandMilliseconds, (settle) => {
        heard.beginMessage(() => {});
        connection.reset((error) => settle(error ? answerOfError(error, heard) : done));
      });
      return answer === done && !connection.destroyed;
    },
    async quit() {
      if (connection.destroyed) return;
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      connection.once("end", () => resolve());
      connection.quit();
      const timer = setTimeout(resolve, times.quitMilliseconds);
      await ended.finally(() => clearTimeout(timer));
      connection.close();
    },
    cut: () => connection.close(),
  };
}
