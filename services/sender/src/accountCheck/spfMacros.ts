import { isIPv6 } from "node:net";

/** What macros stand for. */
export interface MacroValues {
  readonly ip: string;
  /** The address of MAIL FROM. */
  readonly sender: string;
  /** The domain whose record is read. */
  readonly domain: string;
  readonly helo: string;
}

/** A domain-spec with its macros replaced (RFC 7208 7.3); undefined for a macro that is allowed in explanations only. */
export function expandMacros(spec: string, values: MacroValues): string | undefined {
  let isAllowed = true;
  const text = spec.replace(
    /%(?:([%_-])|\{([a-z])(\d*)(r?)([.\-+,/_=]*)\})/gi,
    (_, literal: string | undefined, letter: string, digits: string, reversed: string, delimiters: string) => {
      if (literal) return literals[literal] ?? "";
      const value = macroValue(letter.toLowerCase(), values);
      if (value === undefined) isAllowed = false;
      const delimiter = new RegExp(`[${(delimiters || ".").replace(/[-\\\]^]/g, "\\$&")}]`);
      const parts = (value ?? "").split(delimiter);
      if (reversed) parts.reverse();
      const joined = (digits ? parts.slice(-Number(digits)) : parts).join(".");
      return letter === letter.toUpperCase() ? encodeURIComponent(joined) : joined;
    },
  );
  return isAllowed ? shortened(text) : undefined;
}

const literals: Readonly<Record<string, string>> = { "%": "%", _: " ", "-": "%20" };

function macroValue(letter: string, { ip, sender, domain, helo }: MacroValues): string | undefined {
  const at = sender.lastIndexOf("@");
  const values: Readonly<Record<string, string>> = {
    s: sender,
    l: sender.slice(0, at) || "postmaster",
    o: sender.slice(at + 1),
    d: domain,
    i: isIPv6(ip) ? [...nibbles(ip)].join(".") : ip,
    // RFC 7208 7.3 lets a checker say so instead of looking up the validated name.
    p: "unknown",
    v: isIPv6(ip) ? "ip6" : "in-addr",
    h: helo,
  };
  return values[letter];
}

/** The 32 hexadecimal digits of an IPv6 address. */
function nibbles(ip: string): string {
  const [head = "", tail] = ip.split("::");
  const groups = (text: string | undefined) => (text ? text.split(":") : []);
  const [before, after] = [groups(head), groups(tail)];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].map((group) => group.padStart(4, "0")).join("");
}

/** RFC 7208 7.3: labels on the left go until 253 characters are left. */
function shortened(name: string): string {
  let text = name.replace(/\.$/, "");
  while (text.length > 253 && text.includes(".")) text = text.slice(text.indexOf(".") + 1);
  return text;
}
