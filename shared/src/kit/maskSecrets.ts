import { maskAddresses } from "../domain/recipients/address.ts";

const redacted = "[redacted]";

/** The end of a name whose value is a secret, in lower case and without separators: `MAILCHIMP_API_KEY`, `x-amz-signature`. */
const secretNames =
  "password|passwd|passphrase|pwd|secret|secretkey|secretaccesskey|apikey|privatekey|authorization|cookie|credential|" +
  "credentials|signature|ticket|token";
const secretEnd = new RegExp(`(?:${secretNames})$`);
/** Names of what is private to a person. */
const privateNames = new Set(["email", "address"]);
/** How mail libraries name a password; as the end of a word (`bypass`) it means something else. */
const passName = /(?:^|[^a-z])pass$/i;

/** True if `value` must not be written anywhere, by the name it has. The numbers of leases are tokens, too. */
export function isSecret(name: string, value: unknown): boolean {
  const plain = name.toLowerCase().replace(/[^a-z]/g, "");
  const isNothing = value === undefined || value === null || typeof value === "boolean";
  if (isNothing || (plain.endsWith("token") && /^\d{1,9}$/.test(String(value)))) return false;
  return privateNames.has(plain) || secretEnd.test(plain) || passName.test(name);
}

/** `name=value`, `name: value`, `"name":"value"`, percent-encoded or behind backslashes: in queries, forms, JSON, plain text. */
const separator = "\\\\*[\"']?\\s*(?:[:=：＝]{1,2}>?|%3[ad])\\s*";
const written = secretNames.replace(/(?<=\w)key/g, "[-_]?key").replace("secretaccess", "secret[-_]?access");
const bare = "[^\\s\"'&;,<>\\\\]";
/** The older secrets of a list (signingSecrets), which has a comma between two; the name of the next value is none. */
const older = `(?:,(?![\\w-]+\\\\*["']?[:=][^=,\\s])(?:${bare}+|\\s+${bare}{16,}))*`;
const namedSecret = new RegExp(
  `(${written}|(?<![a-z])pass)(${separator})("(?:[^"\\\\]|\\\\[^])*"?|'[^']*'?|\\\\+"[^"]*|${bare}+${older})`,
  "gi",
);
/** Values that are secret in the query of a URL only, as the code of a sign-in (RFC 6749 4.1.2). */
const querySecret = /([?&;](?:code|sig|key)=)[^\s"'&;,<>\\]+/gi;
/** Headers whose value goes on to the end of the line: it may hold blanks, commas and more names. */
const secretHeader = /((?:authorization|cookie)\\*["']?\s*[:=]\s*)("(?:[^"\\]|\\[\s\S])*"?|\\+"[^"]*|[^\r\n"]+)/gi;
/** RFC 7235 credentials and those of SMTP's AUTH (RFC 4954), wherever they appear; "auth login failed" holds none. */
const schemedSecret =
  /(?<![\w-])([Bb]earer\s+|(?:[Bb]asic|(?i:AUTH\s+(?:PLAIN|LOGIN|CRAM-MD5|XOAUTH2)))\s+(?=[a-z]*[A-Z\d+/=])|AUTH\s+(?:PLAIN|LOGIN|CRAM-MD5|XOAUTH2)\s+)[\w.~+/=-]+/g;
/** A signed token (RFC 7519), and a private key (RFC 7468). */
const webToken = /(?<![\w-])eyJ[\w+/=-]+\.[\w.+/=-]*/g;
const privateKey = /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^-]*/g;

/**
 * A text without what may not be written anywhere: user and password in URLs, values of secret names, credentials of
 * headers, tokens and keys become `[redacted]`, every mail address `…@domain`. It rather hides too much. Takes time linear
 * in the text.
 */
export function maskSecrets(text: string): string {
  const unsecret = withoutUserInfo(text)
    .replace(secretHeader, `$1${redacted}`)
    .replace(namedSecret, (found: string, name: string, between: string, value: string) =>
      isSecret(name, value) ? name + between + redacted : found,
    )
    .replace(querySecret, `$1${redacted}`)
    .replace(schemedSecret, `$1${redacted}`)
    .replace(webToken, redacted)
    .replace(privateKey, `$1${redacted}`);
  return maskAddresses(unsecret);
}

/** `scheme://user:password@host` (RFC 3986 3.2.1), also for passwords that are not percent-encoded. */
function withoutUserInfo(text: string): string {
  if (!text.includes("://")) return text;
  return text.replace(/[^\s"'<>`]+/g, (word) => {
    const [first = "", ...rest] = word.split("://");
    let scheme = first;
    return [
      first,
      ...rest.map((part) => {
        // A path without a host: file:///home.
        if (part.startsWith("/")) return part;
        // The address of a web page may hold an @ behind its host; other schemes have nothing there that is worth keeping.
        const isWeb = /(?:https?|wss?)$/i.test(scheme);
        const host = isWeb ? part.search(/[/?#]/) : -1;
        const at = part.lastIndexOf("@", host < 0 ? part.length : host);
        scheme = part.slice(-10);
        return at < 0 ? part : `${redacted}${part.slice(at)}`;
      }),
    ].join("://");
  });
}
