import { createHmac } from "node:crypto";
import { ConfigurationError } from "../configurationError.ts";

/**
 * The value of `||hash||`, as the registration site checks it: lower-case hexadecimal HMAC-SHA256 of the participant id
 * under the 32 bytes that the secret's 64 hexadecimal digits encode. Throws ConfigurationError for any other secret:
 * a typing error there would make every link in a mailing wrong.
 */
export function registrationHash(secret: string, participantId: string): string {
  if (!/^[0-9a-f]{64}$/i.test(secret)) throw new ConfigurationError("REGISTRATION_HASH_SECRET must be 64 hex digits.");
  return createHmac("sha256", Buffer.from(secret, "hex")).update(participantId, "utf8").digest("hex");
}
