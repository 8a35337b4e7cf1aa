import { createHmac } from "node:crypto";

/**
 * The value of `||hash||`: lower-case hexadecimal HMAC-SHA256 of the participant id. A secret of 64 hexadecimal digits
 * is decoded to the 32 bytes it stands for; any other counts as its UTF-8 bytes.
 */
export function registrationHash(secret: string, participantId: string): string {
  const key = /^[0-9a-f]{64}$/i.test(secret) ? Buffer.from(secret, "hex") : Buffer.from(secret, "utf8");
  return createHmac("sha256", key).update(participantId, "utf8").digest("hex");
}
