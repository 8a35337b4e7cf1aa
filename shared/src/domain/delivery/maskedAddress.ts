/**
 * An address as it is shown to people who may not see addresses: the first character and the domain, `j…@example.org`. A
 * text that is no address becomes `…`, a blank one stays empty.
 */
export function maskedAddress(address: string): string {
  const text = address.trim();
  if (text === "") return "";
  const at = text.lastIndexOf("@");
  const [first = ""] = text;
  return at < 1 ? "…" : `${first}…${text.slice(at)}`;
}
