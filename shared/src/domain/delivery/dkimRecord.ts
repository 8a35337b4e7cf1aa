import { createPublicKey, type KeyObject } from "node:crypto";

/** A DKIM public key record (RFC 6376 3.6.1), as it is in DNS. */
export interface DkimRecord {
  /** Tag → value, without blanks around. */
  readonly tags: ReadonlyMap<string, string>;
}

/** The name of the record of a key. */
export function dkimName({ domain, selector }: { readonly domain: string; readonly selector: string }): string {
  return `${selector}._domainkey.${domain}`;
}

/** The text to publish for a key: `v=DKIM1; k=…; p=…` (RFC 6376 3.6.1, Ed25519: RFC 8463 4.2). `key` may be the private one. */
export function dkimRecordText(key: KeyObject): string {
  return `v=DKIM1; k=${key.asymmetricKeyType === "ed25519" ? "ed25519" : "rsa"}; p=${publicPart(key)}`;
}

/** A record's text in strings of at most 255 characters, as TXT records hold them (RFC 1035 3.3.14). */
export function txtStrings(text: string): string[] {
  return text.match(/.{1,255}/gs) ?? [];
}

/** RSA: the whole SubjectPublicKeyInfo; Ed25519: the 32 bytes of the key, which are its end. */
function publicPart(key: KeyObject): string {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  const der = publicKey.export({ format: "der", type: "spki" });
  return (key.asymmetricKeyType === "ed25519" ? der.subarray(-32) : der).toString("base64");
}

/** Reads `tag=value; …` (RFC 6376 3.2). Undefined if it is none of DKIM, as another TXT record of the name. */
export function readDkimRecord(text: string): DkimRecord | undefined {
  const tags = new Map<string, string>();
  for (const part of text.split(";")) {
    const equals = part.indexOf("=");
    if (equals < 0) continue;
    tags.set(part.slice(0, equals).trim(), part.slice(equals + 1).replace(/\s+/g, ""));
  }
  const version = tags.get("v");
  return tags.has("p") && (version === undefined || version === "DKIM1") ? { tags } : undefined;
}

/** What is wrong with a record for a key: a clause; undefined if receivers verify with it what the key signs. */
export function dkimRecordFault({ tags }: DkimRecord, key: KeyObject): string | undefined {
  const published = tags.get("p") ?? "";
  if (published === "") return "it says that the key was withdrawn (p= is empty)";
  const kind = key.asymmetricKeyType === "ed25519" ? "ed25519" : "rsa";
  if ((tags.get("k") ?? "rsa") !== kind)
    return `it is for a key of the kind ${tags.get("k") ?? "rsa"}, and ours is ${kind}`;
  const hashes = tags.get("h")?.split(":");
  if (hashes && !hashes.includes("sha256")) return "it does not allow the hash sha256 (h=)";
  const services = tags.get("s")?.split(":");
  if (services && !services.includes("*") && !services.includes("email")) return "it is not for mail (s=)";
  return isSameKey(published, key) ? undefined : "it holds another public key than that of the account";
}

/** A record may hold an RSA key as SubjectPublicKeyInfo or as RSAPublicKey (RFC 6376 errata 3017). */
function isSameKey(published: string, key: KeyObject): boolean {
  if (key.asymmetricKeyType === "ed25519") return published === publicPart(key);
  const ours = (key.type === "private" ? createPublicKey(key) : key).export({ format: "jwk" });
  const der = Buffer.from(published, "base64");
  for (const type of ["spki", "pkcs1"] as const) {
    try {
      const { n, e } = createPublicKey({ key: der, format: "der", type }).export({ format: "jwk" });
      return n === ours.n && e === ours.e;
    } catch {
      // Not in this form: the other one is tried, and bytes that are neither are another key.
    }
  }
  return false;
}
