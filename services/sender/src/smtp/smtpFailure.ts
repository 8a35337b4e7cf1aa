import { enhancedCode, type SmtpAnswer, type SmtpPhase } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import type { NodemailerError } from "nodemailer/lib/errors";
import type { Transcript } from "./transcript.ts";

type Failure = NonNullable<SmtpAnswer["failure"]>;

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

/** The answer in a server's reply. */
export function replied(phase: SmtpPhase, response: string, dataSent: boolean): SmtpAnswer {
  const enhanced = enhancedCode(response);
  return { dataSent, phase, code: Number(response.slice(0, 3)), response, ...(enhanced !== undefined && { enhanced }) };
}

/** The answer in an end without a reply. */
export function unanswered(transcript: Transcript, failure: Failure): SmtpAnswer {
  // A refusal that arrived before the connection broke is the server's answer all the same, and no message was taken.
  if (transcript.refusal) return replied(transcript.refusal.phase, transcript.refusal.reply, false);
  return { dataSent: transcript.dataSent, phase: transcript.phase, failure };
}

/**
 * The answer in an error of nodemailer. A reply decides before the error's code: `EENVELOPE` stands on temporary
 * refusals too, and a lost socket is `ECONNECTION`, `ESOCKET` or `ETIMEDOUT` in every phase.
 */
export function answerOfError(error: NodemailerError, transcript: Transcript): SmtpAnswer {
  const hasReply = error.responseCode !== undefined && error.response !== undefined;
  if (transcript.refusal || !hasReply) return unanswered(transcript, failureOf(error, transcript.phase));
  return replied(transcript.phase, error.response!, transcript.dataSent);
}

function failureOf(error: NodemailerError, phase: SmtpPhase): Failure {
  const system = error.originalCode ?? "";
  if (certificateCodes.has(system) || system.startsWith("ERR_TLS_CERT")) return "certificate";
  if (error.code === "EDNS") return "dns";
  if (error.code === "ETIMEDOUT") return "timeout";
  if (error.code === "EAUTH") return "credentials";
  if (error.code === "EENVELOPE") return "address";
  if (error.code === "ETLS" || system === "EPROTO" || system.startsWith("ERR_SSL") || phase === "starttls")
    return "tls";
  return phase === "connect" ? "connect" : "lost";
}
