import { isSignedShort, signShort } from "../signingSecrets.ts";
import { type PublicTokenSubject, subjectOf, subjectPayload } from "./publicToken.ts";

/**
 * `<payload.signature@domain>`: the Message-ID of a mailing to a person (Test: with the run id). It can be read back, so a
 * bounce finds its delivery by key, and only a holder of the secret can make one. It is the same for the same mailing and
 * person, so that a mail system can recognise a repeated attempt, until the newest secret changes. Base64url and dots are
 * a dot-atom (RFC 5322 3.6.4), which mail systems keep as it is.
 */
export function messageIdOf(secrets: string, subject: PublicTokenSubject, domain: string): string {
  const payload = subjectPayload(subject);
  return `<${payload}.${signShort(secrets, signedText(payload))}@${domain}>`;
}

/** The subject of a Message-ID that `messageIdOf` made under one of these secrets; undefined for any other text. */
export function messageIdSubject(secrets: string, messageId: string): PublicTokenSubject | undefined {
  const [, payload, signature] = /^\s*<?([\w-]{1,4000})\.([\w-]{22})@[^\s<>@]+>?\s*$/.exec(messageId) ?? [];
  if (payload === undefined || signature === undefined) return undefined;
  return isSignedShort(secrets, signedText(payload), signature) ? subjectOf(payload) : undefined;
}

function signedText(payload: string): string {
  return `message-id.${payload}`;
}
