import { mailAddress } from "../recipients/address.ts";

/**
 * The mail address in a field such as Final-Recipient: `rfc822; ana@example.org` (RFC 3464 2.1.2), also with `utf-8` and its
 * `\x{…}` (RFC 6533 3) and with the `+XX` of xtext (RFC 3461 4) in the original recipient. Undefined if it holds none, as a
 * file, a program or a name of X.400 does.
 */
export function reportAddress(field: string): string | undefined {
  const [, type = "", rest = field] = /^\s*([\w./-]{1,20})\s*;(.*)$/s.exec(field.slice(0, 1000)) ?? [];
  const value = withoutComments(rest).trim();
  const inBrackets = /<([^<>]*)>/.exec(value)?.[1] ?? value;
  const plain = (text: string) =>
    mailAddress(
      text
        .trim()
        .replace(/^mailto:/i, "")
        .replace(/^["']|["']$/g, ""),
    );
  const unescaped = type.toLowerCase().startsWith("utf-8") ? withoutUnicodeEscapes(inBrackets) : inBrackets;
  const whole = plain(unescaped) ?? plain(unescaped.split(/\s/)[0] ?? "");
  return whole && withoutXtext(whole);
}

function withoutComments(text: string): string {
  return text.replace(/\s\([^()]*\)\s*$/, "");
}

/** RFC 6533 3: `\x{E4}` is ä. */
function withoutUnicodeEscapes(text: string): string {
  return text.replace(/\\x\{([\dA-F]{2,6})\}/gi, (whole, hex: string) => {
    const point = Number.parseInt(hex, 16);
    return point > 0x1f && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)
      ? String.fromCodePoint(point)
      : whole;
  });
}

/** Only `+2B` and `+3D` must be written so in an address; a plus detail of two digits such as `ana+12` stays. */
function withoutXtext(address: string): string {
  return address.replace(/\+(2B|3D)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
