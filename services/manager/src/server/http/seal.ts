import { hkdfSync } from "node:crypto";
import { signingSecrets } from "@email-agent/shared/domain/signingSecrets.ts";
import { EncryptJWT, errors, type JWTPayload, jwtDecrypt } from "jose";

export interface Seal {
  /** Encrypts and authenticates `contents`; it can be opened until `expiresAt` (epoch milliseconds, rounded down to seconds). */
  close(contents: JWTPayload, expiresAt: number): Promise<string>;
  /** What was sealed; undefined for anything expired at `now` (epoch milliseconds), changed, or sealed with another key or purpose. */
  open(text: string, now: number): Promise<JWTPayload | undefined>;
}

/**
 * Seals what a browser keeps for us: JWE, `dir` with A256GCM, under a key of its own for each purpose (HKDF, RFC 5869). The
 * newest of the secrets seals, each of them opens (see signingSecrets).
 */
export function seal(secrets: string, purpose: string): Seal {
  const keyOf = (secret: string) =>
    new Uint8Array(hkdfSync("sha256", secret, "", `email-agent manager ${purpose}`, 32));
  const [newest, ...older] = signingSecrets(secrets);
  const key = keyOf(newest);
  const keys = [key, ...older.map(keyOf)];
  return {
    close: (contents, expiresAt) =>
      new EncryptJWT(contents)
        .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
        .setExpirationTime(Math.floor(expiresAt / 1000))
        .encrypt(key),
    async open(text, now) {
      for (const one of keys) {
        const payload = await opened(text, one, now);
        if (payload) return payload;
      }
      return undefined;
    },
  };
}

async function opened(text: string, key: Uint8Array, now: number): Promise<JWTPayload | undefined> {
  try {
    const { payload } = await jwtDecrypt(text, key, {
      keyManagementAlgorithms: ["dir"],
      contentEncryptionAlgorithms: ["A256GCM"],
      requiredClaims: ["exp"],
      currentDate: new Date(now),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
