import { shortReply } from "@email-agent/shared/domain/delivery/shortReply.ts";
import type { SmtpPhase } from "@email-agent/shared/domain/delivery/smtpPhase.ts";
import { enhancedCode, type SmtpAttempt } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import type { NodemailerError } from "nodemailer/lib/errors";
import type { Silence } from "./dialogue.ts";
import type { Reply } from "./replyReader.ts";

type Failure = NonNullable<SmtpAttempt["failure"]>;

/** OpenSSL's verdicts on a certificate, as Node names them (nodejs.org, "X509 certificate error codes"). */
const certificateCodes = new Set([
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "CERT_SIGNATURE_FAILURE",
  "CERT_NOT_YET_VALID",
  "CERT_HAS_EXPIRED",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "CERT_CHAIN_TOO_LONG",
  "CERT_REVOKED",
  "INVALID_CA",
  "PATH_LENGTH_EXCEEDED",
  "INVALID_PURPOSE",
  "CERT_UNTRUSTED",
  "CERT_REJECTED",
  "HOSTNAME_MISMATCH",
]);

/** A provider's SMTP reply. */
export function replied(phase: SmtpPhase, response: string, dataSent: boolean): SmtpAttempt {
  const enhanced = enhancedCode(response);
  const code = Number(response.slice(0, 3));
  return { dataSent, phase, code, response: shortReply(response), ...(enhanced !== undefined && { enhanced }) };
}

/** No reply: the connection ended or timed out, or nothing was sent. */
export function noReply(phase: SmtpPhase, failure: Failure | Silence, dataSent: boolean): SmtpAttempt {
  return { dataSent, phase, failure };
}

/** A protocol error: not an SMTP reply, or not a reply to the last command. */
export function outOfStep(phase: SmtpPhase, said: Reply, dataSent: boolean): SmtpAttempt {
  return { dataSent, phase, failure: "protocol", response: shortReply(said.text) };
}

/**
 * The response in an error of nodemailer while the connection is opened. A reply decides before the error's code:
 * a lost socket is `ECONNECTION`, `ESOCKET` or `ETIMEDOUT` in every phase.
 */
export function responseOfError(error: NodemailerError, phase: SmtpPhase): SmtpAttempt {
  const response = error.response ?? "";
  return /^[2-5]\d\d/.test(response) ? replied(phase, response, false) : noReply(phase, failureOf(error, phase), false);
}

function failureOf(error: NodemailerError, phase: SmtpPhase): Failure {
  const system = error.originalCode ?? "";
  if (certificateCodes.has(system) || system.startsWith("ERR_TLS_CERT")) return "certificate";
  if (error.code === "EDNS") return "dns";
  if (error.code === "ETIMEDOUT") return "timeout";
  if (error.code === "EAUTH") return "credentials";
  if (error.code === "ETLS" || system === "EPROTO" || system.startsWith("ERR_SSL") || phase === "starttls")
    return "tls";
  return phase === "connect" ? "connect" : "lost";
}
