import { createHash, createPrivateKey, type KeyObject, sign } from "node:crypto";
import { dkimKeyFault } from "@email-agent/shared/domain/delivery/dkimKeyFault.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";

/** A DKIM key to sign with, parsed once per account. */
export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  readonly key: KeyObject;
}

/** A header field as it goes out: its name and its whole line or lines, without the last CRLF. */
export interface HeaderField {
  readonly name: string;
  readonly line: string;
}

/**
 * Named in `h=` once more than the message has them (over-signing, RFC 6376 5.4.2 and 8.15): a server that relays the message
 * cannot add another one without breaking the signature. Of two From fields many readers show the unsigned one.
 */
const overSignedFields = [
  "from",
  "to",
  "cc",
  "subject",
  "reply-to",
  "date",
  "message-id",
  "list-unsubscribe",
  "list-unsubscribe-post",
  "mime-version",
  "content-type",
  "content-transfer-encoding",
];

/** Reads a private key (PEM, RSA of 2,048 to 4,096 bits or Ed25519). AppError `configuration` naming the account if it is neither. */
export function dkimKey(account: string, dkim: { domain: string; selector: string }, pem: string): DkimKey {
  const { domain, selector } = dkim;
  const fault = dkimKeyFault(pem);
  if (fault !== undefined)
    throw new AppError(
      "configuration",
      `The DKIM key of account ${account} ${fault}. Make a new key, and publish its public half under ${selector}._domainkey.${domain}.`,
    );
  return { domain, selector, key: createPrivateKey(pem) };
}

/**
 * The DKIM-Signature field (RFC 6376; Ed25519: RFC 8463) over a message: relaxed/relaxed, covering Feedback-ID, every List
 * field and `overSignedFields`. Written here because nodemailer signs with RSA only. `body` is the body as it goes out,
 * ending with one CRLF.
 */
export function dkimSignature(
  { domain, selector, key }: DkimKey,
  fields: readonly HeaderField[],
  body: Buffer,
): string {
  const signed = fields.filter(({ name }) => isSigned(name.toLowerCase()));
  // A name without a field adds nothing to what is signed (RFC 6376 5.4.2).
  const names = [...signed.map(({ name }) => name.toLowerCase()), ...overSignedFields];
  const algorithm = key.asymmetricKeyType === "ed25519" ? "ed25519-sha256" : "rsa-sha256";
  const unsigned = [
    `DKIM-Signature: v=1; a=${algorithm}; c=relaxed/relaxed; d=${domain}; s=${selector};`,
    ` h=${names.join(":\r\n  ")};`,
    ` bh=${createHash("sha256").update(relaxedBody(body)).digest("base64")};`,
    " b=",
  ].join("\r\n");
  const covered = [...signed.map(({ line }) => `${relaxedLine(line)}\r\n`), relaxedLine(unsigned)].join("");
  const signature = signatureOf(key, Buffer.from(covered, "utf8")).toString("base64");
  return `${unsigned}${signature.replace(/(.{70})(?=.)/g, "$1\r\n  ")}`;
}

function isSigned(name: string): boolean {
  return overSignedFields.includes(name) || name === "feedback-id" || name.startsWith("list-");
}

function signatureOf(key: KeyObject, covered: Buffer): Buffer {
  // RFC 8463 3: Ed25519 signs the SHA-256 hash, where RSA's scheme hashes by itself.
  if (key.asymmetricKeyType === "ed25519") return sign(null, createHash("sha256").update(covered).digest(), key);
  return sign("sha256", covered, key);
}

/** RFC 6376 3.4.2: name in lower case, unfolded, runs of blanks as one, none around the colon or at the end. */
function relaxedLine(line: string): string {
  const colon = line.indexOf(":");
  const value = line
    .slice(colon + 1)
    .replace(/\r\n/g, "")
    .replace(/[ \t]+/g, " ")
    .trim();
  return `${line.slice(0, colon).toLowerCase()}:${value}`;
}

/** RFC 6376 3.4.4: runs of blanks as one, none at a line's end, no empty lines at the end. */
function relaxedBody(body: Buffer): Buffer {
  const target = Buffer.allocUnsafe(body.length);
  let end = 0;
  let blank = false;
  for (const byte of body) {
    if (byte === 0x20 || byte === 0x09) {
      blank = true;
      continue;
    }
    if (blank && byte !== 0x0d) target[end++] = 0x20;
    blank = false;
    target[end++] = byte;
  }
  while (end >= 4 && target.toString("latin1", end - 4, end) === "\r\n\r\n") end -= 2;
  return target.subarray(0, end);
}
