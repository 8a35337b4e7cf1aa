import { isIPv4, isIPv6 } from "node:net";

/** RFC 7208 4.6.2: what a mechanism that matches says. */
export type Qualifier = "pass" | "fail" | "softfail" | "neutral";

export interface Mechanism {
  readonly name: "all" | "include" | "a" | "mx" | "ptr" | "ip4" | "ip6" | "exists";
  readonly qualifier: Qualifier;
  /** As written, for people. */
  readonly term: string;
  /** A domain with macros; of `ip4` and `ip6` the network. */
  readonly target?: string;
  readonly prefix4: number;
  readonly prefix6: number;
}

export interface SpfRecord {
  readonly mechanisms: readonly Mechanism[];
  /** A domain with macros. */
  readonly redirect?: string;
}

const qualifiers: Readonly<Record<string, Qualifier>> = { "+": "pass", "-": "fail", "~": "softfail", "?": "neutral" };

/** RFC 7208 7.1: a macro, and a domain-spec, which ends in a macro or in a label with a letter. */
const macro = "%(?:[%_-]|\\{[slodiphcrtv]\\d*r?[.\\-+,/_=]*\\})";
const label = "\\.(?=[a-z0-9-]*[a-z])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.?";
const domainSpec = new RegExp(`^(?:${macro}|[!-$&-~])*(?:${macro}|${label})$`, "i");
const termShape = /^([+\-~?]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?::(.*?))?((?:\/\d{1,3})?(?:\/\/\d{1,3})?)$/i;
const modifier = /^([a-z][a-z0-9\-_.]*)=(.*)$/i;

/** True for a TXT record that is an SPF record (RFC 7208 4.5). */
export function isSpfRecord(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}

/** Reads a whole record, for one wrong term makes all of it wrong (RFC 7208 4.6): then that term is returned as `wrong`. */
export function readSpfRecord(text: string): SpfRecord | { readonly wrong: string } {
  const mechanisms: Mechanism[] = [];
  const once = new Map<string, string>();
  for (const part of text.split(" ").slice(1)) {
    if (part === "") continue;
    const [, name = "", value = ""] = modifier.exec(part) ?? [];
    const known = name.toLowerCase();
    if (known === "redirect" || known === "exp") {
      if (once.has(known) || !domainSpec.test(value)) return { wrong: part };
      once.set(known, value);
    } else if (name === "") {
      const mechanism = readMechanism(part);
      if (!mechanism) return { wrong: part };
      mechanisms.push(mechanism);
    }
  }
  const redirect = once.get("redirect");
  return { mechanisms, ...(redirect !== undefined && { redirect }) };
}

function readMechanism(term: string): Mechanism | undefined {
  const [found, sign = "", written = "", target, lengths = ""] = termShape.exec(term) ?? [];
  if (found === undefined) return undefined;
  const name = written.toLowerCase() as Mechanism["name"];
  const [, four, six] = /^(?:\/(\d+))?(?:\/\/(\d+))?$/.exec(lengths) ?? [];
  const mechanism = {
    ...{ name, term, qualifier: qualifiers[sign || "+"] as Qualifier },
    ...(target !== undefined && { target }),
    prefix4: Number((name === "ip6" ? undefined : four) ?? 32),
    prefix6: Number((name === "ip6" ? four : six) ?? 128),
  };
  return isWellFormed(mechanism, lengths) ? mechanism : undefined;
}

function isWellFormed({ name, target, prefix4, prefix6 }: Mechanism, lengths: string): boolean {
  if (prefix4 > 32 || prefix6 > 128) return false;
  const isDomain = target !== undefined && domainSpec.test(target);
  switch (name) {
    case "ip4":
      return target !== undefined && isIPv4(target) && !lengths.includes("//");
    case "ip6":
      return target !== undefined && isIPv6(target) && !lengths.includes("//");
    case "all":
      return target === undefined && lengths === "";
    case "a":
    case "mx":
      return target === undefined || isDomain;
    case "ptr":
      return lengths === "" && (target === undefined || isDomain);
    default:
      return lengths === "" && isDomain;
  }
}
