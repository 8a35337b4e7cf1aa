/**
 * True if a report means the address of a delivery: case, the display name, the quotes of RFC 5321 and the encoding of an
 * international domain do not count.
 */
export function isSameRecipient(reported: string, email: string): boolean {
  return comparableRecipient(reported) === comparableRecipient(email);
}

/** An address in the one spelling in which addresses are compared. */
export function comparableRecipient(text: string): string {
  const address = (/<([^<>]*)>\s*$/.exec(text)?.[1] ?? text).trim().toLowerCase();
  const at = address.lastIndexOf("@");
  if (at < 0) return address;
  const local = address
    .slice(0, at)
    .replace(/^"(.*)"$/, "$1")
    .replace(/\\(.)/g, "$1");
  return `${local.normalize("NFC")}@${asciiDomain(address.slice(at + 1))}`;
}

/** As DNS knows it (`xn--…`), by the URL standard; a text that is no domain stays. */
function asciiDomain(domain: string): string {
  const url = `http://${domain}`;
  return /[^ -~]/.test(domain) && URL.canParse(url) ? new URL(url).hostname : domain;
}
