import { createPrivateKey, type KeyObject } from "node:crypto";

/** RFC 8301 3.2: signers use 2,048 bits or more, and verifiers need not take more than 4,096. */
const rsaBits = { smallest: 2048, largest: 4096 };

/**
 * Why mails cannot be signed with a private key in PEM form: words behind "The DKIM key"; undefined for RSA of 2,048 to 4,096
 * bits and Ed25519. They never quote the key.
 */
export function dkimKeyFault(pem: string): string | undefined {
  const key = privateKey(pem);
  if (!key) return "is not a private key in PEM form";
  if (key.asymmetricKeyType === "ed25519" || isFitRsa(key)) return undefined;
  return `must be RSA of 2,048 to 4,096 bits or Ed25519; it is ${kindOf(key)}`;
}

function privateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    // The cause is left out: a parser's message may quote the key.
    return undefined;
  }
}

function isFitRsa({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  return asymmetricKeyType === "rsa" && bits >= rsaBits.smallest && bits <= rsaBits.largest;
}

function kindOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const bits = asymmetricKeyDetails?.modulusLength;
  return `${asymmetricKeyType}${bits === undefined ? "" : ` of ${bits.toLocaleString("en")} bits`}`;
}
