import { isSigned, sign } from "../signingSecrets.ts";

/** What a public link is for. A token made for one purpose is refused for the other. */
export type PublicTokenPurpose = "unsubscribe" | "view";

/** Whom and which mailing a public link is about. It carries no address. */
export interface PublicTokenSubject {
  readonly participantId: string;
  readonly mailingKey: string;
  /** Only for links in mails of a Test: the run, which is part of the key of its deliveries. */
  readonly runId?: string;
}

/**
 * The token of a public link: `<payload>.<signature>`, both base64url, HMAC-SHA256 over purpose, participant id and
 * mailing key (Test: with run id), under the newest of the secrets (see signingSecrets). It never expires, for a mail may be
 * opened years later.
 */
export function signPublicToken(secrets: string, purpose: PublicTokenPurpose, subject: PublicTokenSubject): string {
  const payload = subjectPayload(subject);
  return `${payload}.${sign(secrets, signedText(purpose, payload))}`;
}

/** The subject of a token that was signed with one of these secrets for this purpose; undefined for any other text. */
export function verifyPublicToken(
  secrets: string,
  purpose: PublicTokenPurpose,
  token: string,
): PublicTokenSubject | undefined {
  const [payload, given, ...rest] = token.split(".");
  if (!payload || !given || rest.length > 0) return undefined;
  return isSigned(secrets, signedText(purpose, payload), given) ? subjectOf(payload) : undefined;
}

/** What may be a token; no id of a participant makes its payload longer, and the signature has 43 characters. */
const tokenShape = /(?<![\w-])([\w-]{1,4000})\.([\w-]{43})(?![\w-])/g;
/** The rest of a percent-encoded `/` or `=`, encoded any number of times, after its `%`. */
const encodedRest = /^(?:25)*[\dA-Fa-f]{2}/;

/** A text in which no token works: those signed with one of these secrets become `placeholder`, everything else stays. */
export function withoutPublicTokens(secrets: string, text: string, placeholder: string): string {
  if (!secrets) return text;
  const isWorking = (token: string) =>
    (["unsubscribe", "view"] as const).some((purpose) => verifyPublicToken(secrets, purpose, token));
  return text.replace(tokenShape, (whole, payload: string, signature: string, at: number) => {
    const rest = (text[at - 1] === "%" && encodedRest.exec(payload)?.[0]) || "";
    const found = ["", rest].find((before) => isWorking(`${payload.slice(before.length)}.${signature}`));
    return found === undefined ? whole : `${found}${placeholder}`;
  });
}

/** The purpose is signed, so that the link to view a mail cannot be turned into one that unsubscribes. */
function signedText(purpose: PublicTokenPurpose, payload: string): string {
  return `public-${purpose}.${payload}`;
}

/** A subject as base64url, to be signed. */
export function subjectPayload({ participantId, mailingKey, runId }: PublicTokenSubject): string {
  const fields = runId === undefined ? [participantId, mailingKey] : [participantId, mailingKey, runId];
  return Buffer.from(JSON.stringify(fields)).toString("base64url");
}

/** The subject of a payload whose signature was verified. */
export function subjectOf(payload: string): PublicTokenSubject | undefined {
  // Only a holder of a secret can have made the payload; its shape may be another version's, or it is a hash.
  const fields = parsed(Buffer.from(payload, "base64url").toString("utf8"));
  if (!Array.isArray(fields) || fields.length < 2 || fields.length > 3) return undefined;
  const [participantId, mailingKey, runId] = fields;
  if (typeof participantId !== "string" || typeof mailingKey !== "string") return undefined;
  if (runId === undefined) return { participantId, mailingKey };
  return typeof runId === "string" ? { participantId, mailingKey, runId } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
