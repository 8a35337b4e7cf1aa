import { Resolver } from "node:dns/promises";

/** What DNS has of one name. `missing`: there is no record of the type, or no such name. `error`: it is not known. */
export type DnsAnswer<Value> =
  | { readonly kind: "found"; readonly values: readonly Value[] }
  | { readonly kind: "missing" }
  | { readonly kind: "error"; readonly why: string };

/** The lookups by which receivers judge a sender. None rejects. */
export interface MailDns {
  /** Each TXT record with its strings joined (RFC 7208 3.3, RFC 6376 3.6.2.2). */
  txt(name: string): Promise<DnsAnswer<string>>;
  addresses(name: string, family: 4 | 6): Promise<DnsAnswer<string>>;
  /** Names of the mail servers, in the order of preference. */
  mx(name: string): Promise<DnsAnswer<string>>;
  /** Names of an address. */
  names(address: string): Promise<DnsAnswer<string>>;
}

const limits = { timeout: 3000, tries: 2 };

/** `servers`: addresses with an optional port, with commas between; empty for those of the system. */
export function mailDns(servers: string, signal?: AbortSignal): MailDns {
  const resolver = new Resolver(limits);
  const given = servers.split(",").flatMap((one) => one.trim() || []);
  if (given.length > 0) resolver.setServers(given);
  signal?.addEventListener("abort", () => resolver.cancel(), { once: true });
  return {
    txt: (name) => lookUp(async () => (await resolver.resolveTxt(name)).map((strings) => strings.join(""))),
    addresses: (name, family) => lookUp(() => (family === 4 ? resolver.resolve4(name) : resolver.resolve6(name))),
    mx: (name) =>
      lookUp(async () => {
        const records = await resolver.resolveMx(name);
        return records.sort((one, other) => one.priority - other.priority).map(({ exchange }) => exchange);
      }),
    names: (address) => lookUp(() => resolver.reverse(address)),
  };
}

/** Codes of c-ares for an answer that says that there is nothing. */
const missing = new Set(["ENODATA", "ENOTFOUND"]);

const words: Readonly<Record<string, string>> = {
  ETIMEOUT: "the DNS server did not respond in time",
  ESERVFAIL: "the DNS server could not find out (SERVFAIL)",
  EREFUSED: "the DNS server refused the question",
  ECONNREFUSED: "the DNS server cannot be reached",
  ECANCELLED: "the check ended before",
};

async function lookUp<Value>(work: () => Promise<readonly Value[]>): Promise<DnsAnswer<Value>> {
  try {
    const values = await work();
    return values.length > 0 ? { kind: "found", values } : { kind: "missing" };
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code ?? "");
    if (missing.has(code)) return { kind: "missing" };
    return { kind: "error", why: words[code] ?? `the lookup failed (${code || "no reason given"})` };
  }
}

/**
 * True for domains that are reserved for documentation and this machine (RFC 2606, RFC 6761): no one can publish records
 * under them, and no one outside receives mail from them.
 */
export function isReservedDomain(domain: string): boolean {
  return /(?:^|\.)(?:example\.(?:com|net|org)|example|invalid|localhost|local)$/i.test(domain);
}
