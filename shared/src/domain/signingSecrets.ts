import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * The secrets in a variable: one, or several with commas between, the newest first. The first signs and seals, all of them
 * verify and open: so a secret is rotated without breaking what was signed with the one before. Throws RangeError if one is
 * empty: with an empty key every forged signature would be valid.
 */
export function signingSecrets(list: string): readonly [string, ...string[]] {
  const [newest = "", ...older] = list.split(",").map((secret) => secret.trim());
  if ([newest, ...older].includes("")) throw new RangeError("A secret that signs or seals is empty.");
  return [newest, ...older];
}

/** HMAC-SHA256 of `text` under the newest secret, base64url. */
export function sign(list: string, text: string): string {
  return hmac(signingSecrets(list)[0], text).toString("base64url");
}

/** True if `signature` is what `sign` makes of `text` under any of the secrets, in this spelling. Its time does not depend on which one. */
export function isSigned(list: string, text: string, signature: string): boolean {
  return isOneOf(signature, list, (secret) => hmac(secret, text).toString("base64url"));
}

/** The first characters of a signature by `sign`, for places where a whole one is too long; 22 hold 131 bits. */
const shortCharacters = 22;

/** The beginning of `sign`, which `isSignedShort` verifies. */
export function signShort(list: string, text: string): string {
  return sign(list, text).slice(0, shortCharacters);
}

/** True if `signature` is what `signShort` makes of `text` under any of the secrets. */
export function isSignedShort(list: string, text: string, signature: string): boolean {
  return isOneOf(signature, list, (secret) => hmac(secret, text).toString("base64url").slice(0, shortCharacters));
}

/** Compares texts, as one signature has many spellings of base64url. Every secret is tried, also after one that fits. */
function isOneOf(signature: string, list: string, signatureOf: (secret: string) => string): boolean {
  const given = Buffer.from(signature);
  return signingSecrets(list)
    .map((secret) => Buffer.from(signatureOf(secret)))
    .map((expected) => given.length === expected.length && timingSafeEqual(given, expected))
    .includes(true);
}

function hmac(secret: string, text: string): Buffer {
  return createHmac("sha256", secret).update(text).digest();
}
