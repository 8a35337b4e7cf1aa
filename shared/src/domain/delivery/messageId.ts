import { hash } from "node:crypto";
import { isSignedShort, signShort } from "../signingSecrets.ts";
import { type PublicTokenSubject, subjectOf, subjectPayload } from "./publicToken.ts";

/** A header line has 998 characters at most (RFC 5322 2.1.1). Only an id of more than 400 makes a payload this long. */
const payloadLimit = 700;

/**
 * `<payload.signature@domain>`: the Message-ID of a mailing to a person (Test: with the run id). It can be read back, so a
 * bounce finds its delivery by key, and only a holder of the secret can make one. It is the same for the same mailing and
 * person, so that a mail system can recognise a repeated attempt, until the newest secret changes. Base64url and dots are
 * a dot-atom (RFC 5322 3.6.4), which mail systems keep as it is. A very long subject is
 * replaced by its hash, which cannot be read back. Without secrets there is no signature, and no report finds its delivery by it.
 */
export function messageIdOf(secrets: string | undefined, subject: PublicTokenSubject, domain: string): string {
  const whole = subjectPayload(subject);
  const payload = whole.length > payloadLimit ? hash("sha256", whole) : whole;
  if (secrets === undefined) return `<${payload}@${domain}>`;
  return `<${payload}.${signShort(secrets, signedText(payload))}@${domain}>`;
}

const shape = /^\s*<?([\w-]{1,700})\.([\w-]{22})@[^\s<>@]+>?\s*$/;

/** True for every Message-ID by `messageIdOf`, whatever the secret, and hardly any other. */
export function looksLikeMessageIdOfOurs(messageId: string): boolean {
  return shape.test(messageId);
}

/** The subject of a Message-ID that `messageIdOf` made under one of these secrets; undefined for any other text. */
export function messageIdSubject(secrets: string, messageId: string): PublicTokenSubject | undefined {
  const [, payload, signature] = shape.exec(messageId) ?? [];
  if (payload === undefined || signature === undefined) return undefined;
  return isSignedShort(secrets, signedText(payload), signature) ? subjectOf(payload) : undefined;
}

function signedText(payload: string): string {
  return `message-id.${payload}`;
}
