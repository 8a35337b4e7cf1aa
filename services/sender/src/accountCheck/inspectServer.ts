import type { TLSSocket } from "node:tls";
import type { SmtpAttempt } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { AccountAccess } from "../smtp/credentials.ts";
import { handshake } from "../smtp/handshake.ts";
import { noReply, outOfStep, responseOfError } from "../smtp/smtpResponses.ts";

/** What a mail server shows to a client that does not sign in. */
export interface Inspection {
  /** Where the connection led; absent if there was none. */
  readonly address?: string;
  readonly greeting?: string;
  /** The text of the last reply to EHLO. */
  readonly ehlo?: string;
  /** Absent without encryption. */
  readonly tls?: TlsFacts;
  /** What ended the handshake. */
  readonly failure?: SmtpAttempt;
}

interface TlsFacts {
  /** As `TLSv1.3`. */
  readonly version: string;
  readonly names: string;
  readonly issuer: string;
  /** Epoch ms. */
  readonly validFrom: number;
  readonly validUntil: number;
  /** Why a client that checks would refuse it: a code of Node; absent if it would not. */
  readonly refusedFor?: string;
}

/**
 * Opens a connection as far as EHLO, and accepts any certificate and old TLS to be able to say what is wrong with them. So it
 * never signs in: credentials go over a connection of `openSmtpSession` only, which checks. Never rejects.
 */
export async function inspectServer(
  access: Pick<AccountAccess, "host" | "port" | "security">,
  milliseconds: number,
  trustedCertificates: string | undefined,
): Promise<Inspection> {
  const { promise, resolve: settle } = Promise.withResolvers<SmtpAttempt | undefined>();
  const heard = handshake(
    () => connection._socket || undefined,
    (phase, said) => settle(outOfStep(phase, said, false)),
  );
  const replies: string[] = [];
  let address: string | undefined;
  const { logger } = heard;
  const connection = new SMTPConnection({
    host: access.host,
    port: access.port,
    secure: access.security === "tls",
    // STARTTLS is taken where it is offered; that it is not is a line of the report.
    ignoreTLS: access.security === "none",
    tls: {
      ...{ rejectUnauthorized: false, minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" },
      ...(trustedCertificates !== undefined && { ca: trustedCertificates }),
    },
    ...{ connectionTimeout: milliseconds, greetingTimeout: milliseconds, socketTimeout: milliseconds },
    transactionLog: true,
    logger: {
      ...logger,
      debug(entry, text = "") {
        if (entry.tnx === "server") replies.push(text);
        logger.debug(entry, text);
      },
      info(entry, text = "") {
        if (entry.tnx === "network") address = connection._socket ? connection._socket.remoteAddress : undefined;
        logger.info(entry, text);
      },
    } as typeof logger,
  });
  connection.on("error", (error) => settle(responseOfError(error, heard.phase)));
  connection.on("end", () => queueMicrotask(() => settle(noReply(heard.phase, "lost", false))));
  const timer = setTimeout(() => settle(noReply(heard.phase, "timeout", false)), milliseconds);
  connection.connect(() => settle(undefined));
  const failure = await promise;
  clearTimeout(timer);
  heard.end();
  const ehlo = replies.findLast((text) => /^250[ -]/.test(text));
  const tls =
    connection._socket && "getPeerCertificate" in connection._socket
      ? factsOf(connection._socket as TLSSocket)
      : undefined;
  if (failure === undefined) connection.quit();
  else connection.close();
  return {
    ...(address !== undefined && { address }),
    ...(replies[0] !== undefined && { greeting: replies[0] }),
    ...(ehlo !== undefined && { ehlo }),
    ...(tls && { tls }),
    ...(failure && { failure }),
  };
}

function factsOf(socket: TLSSocket): TlsFacts | undefined {
  const certificate = socket.getPeerCertificate();
  // Empty before the handshake is over.
  if (!certificate.valid_to) return undefined;
  const refused: unknown = socket.authorizationError;
  const [common = ""] = [certificate.subject?.CN ?? ""].flat();
  return {
    version: socket.getProtocol() ?? "",
    names: (certificate.subjectaltname ?? common).replaceAll(/DNS:|IP Address:/g, ""),
    issuer: [certificate.issuer?.O ?? certificate.issuer?.CN ?? ""].flat()[0] ?? "",
    validFrom: Date.parse(certificate.valid_from),
    validUntil: Date.parse(certificate.valid_to),
    ...(refused
      ? {
          refusedFor:
            refused instanceof Error
              ? String((refused as NodeJS.ErrnoException).code ?? refused.message)
              : String(refused),
        }
      : {}),
  };
}
