import { domainToASCII } from "node:url";
import { groupOfDomain, groupOfServer } from "@email-agent/shared/domain/delivery/receivingGroups.ts";
import { domainOf } from "@email-agent/shared/domain/recipients/address.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { semaphore } from "@email-agent/shared/kit/semaphore.ts";
import { getDomain } from "tldts";
import type { MailDns } from "../accountCheck/mailDns.ts";

/** Which receiving domain group an address belongs to, by the mail servers of its domain. No method rejects. */
export interface GroupLookup {
  /** The group of each address, in their order. A domain whose lookup takes longer than the patience is its own group. */
  of(addresses: readonly string[], patienceMilliseconds?: number): Promise<string[]>;
  /** Looks up domains that will be needed soon, in the background. */
  prepare(addresses: readonly string[]): void;
  /** Notes that a message went to this address. */
  sent(address: string): void;
  /** Which part of the messages that this process sent in the last minute or two went to a group, as far as is known: above 0, at most 1. */
  shareOf(group: string): number;
}

const second = 1000;
const minute = 60 * second;

/** How long a result counts, in milliseconds. Node does not give the TTL of MX records. */
const kept = { found: 60 * minute, missing: 10 * minute, error: minute };
/** A list of a million people has fewer domains than this; the least recently used are forgotten. */
const mostDomains = 100_000;
const lookupsAtOnce = 50;
/** A mail is delayed by a lookup for this long at most; the lookup goes on, and counts for the next mail. */
const patienceMilliseconds = 300;

const recentMilliseconds = minute;
const recentDomains = 10_000;

interface Known {
  readonly group: string;
  /** Monotonic milliseconds. */
  readonly until: number;
}

/** `dns.mx` asks the servers of `DNS_SERVERS`. A domain without an answer is a group of its own. */
export function groupLookup(
  dns: Pick<MailDns, "mx">,
  clock: Pick<Clock, "monotonic" | "sleep">,
  patience = patienceMilliseconds,
): GroupLookup {
  const cache = new Map<string, Known>();
  const asked = new Map<string, Promise<void>>();
  const places = semaphore(lookupsAtOnce);

  const cached = (domain: string): string | undefined => {
    const found = cache.get(domain);
    if (!found) return undefined;
    cache.delete(domain);
    if (found.until <= clock.monotonic()) return undefined;
    cache.set(domain, found);
    return found.group;
  };
  const keep = (domain: string, group: string, milliseconds: number) => {
    cache.delete(domain);
    cache.set(domain, { group, until: clock.monotonic() + milliseconds });
    if (cache.size <= mostDomains) return;
    const [oldest] = cache.keys();
    if (oldest !== undefined) cache.delete(oldest);
  };
  const ask = (domain: string): Promise<void> => {
    const running = asked.get(domain);
    if (running) return running;
    const asking = places
      .run(() => dns.mx(domain))
      .then((answer) => {
        const [server] = answer.kind === "found" ? answer.values : [];
        keep(domain, server ? groupOfMx(server, domain) : domain, kept[answer.kind]);
      })
      .finally(() => asked.delete(domain));
    asked.set(domain, asking);
    return asking;
  };
  let recentSince = clock.monotonic();
  let [recent, before] = [new Map<string, number>(), new Map<string, number>()];
  const group = (domain: string) => groupOfDomain(domain) ?? cached(domain);

  return {
    async of(addresses, longest = patience) {
      const domains = addresses.map(asciiDomain);
      const unknown = [...new Set(domains)].filter((domain) => group(domain) === undefined);
      if (unknown.length > 0) {
        const stop = new AbortController();
        const late = clock.sleep(longest, stop.signal).catch(() => undefined);
        await Promise.race([Promise.all(unknown.map(ask)), late]);
        stop.abort();
      }
      return domains.map((domain) => group(domain) ?? domain);
    },
    prepare(addresses) {
      const domains = new Set(addresses.map(asciiDomain));
      for (const domain of domains) if (group(domain) === undefined) void ask(domain);
    },
    sent(address) {
      if (clock.monotonic() - recentSince >= recentMilliseconds) {
        [before, recent, recentSince] = [recent, new Map(), clock.monotonic()];
      }
      const domain = domainOf(address);
      if (recent.size < recentDomains || recent.has(domain)) recent.set(domain, (recent.get(domain) ?? 0) + 1);
    },
    shareOf(wanted) {
      let [all, own] = [0, 0];
      for (const [domain, count] of [...before, ...recent]) {
        all += count;
        if ((group(domain) ?? domain) === wanted) own += count;
      }
      return all === 0 ? 1 : Math.max(1, own) / Math.max(1, all);
    },
  };
}

function asciiDomain(address: string): string {
  const domain = domainOf(address);
  return domainToASCII(domain) || domain;
}

/** Domains at one hoster share its servers, so they are one group. A null MX (RFC 7505) names none. */
function groupOfMx(server: string, domain: string): string {
  const name = server.toLowerCase().replace(/\.$/, "");
  return groupOfServer(name) ?? getDomain(name) ?? domain;
}
