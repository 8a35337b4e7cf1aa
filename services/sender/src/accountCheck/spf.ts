import { BlockList, isIPv6 } from "node:net";
import { domainOf } from "@email-agent/shared/domain/recipients/address.ts";
import type { DnsAnswer, MailDns } from "./mailDns.ts";
import { expandMacros, type MacroValues } from "./spfMacros.ts";
import { isSpfRecord, type Mechanism, type Qualifier, readSpfRecord } from "./spfRecord.ts";

/** RFC 7208 2.6. */
type SpfResult = Qualifier | "none" | "temperror" | "permerror";

/** What SPF says of an address that sends for a domain. */
export interface SpfFinding {
  readonly result: SpfResult;
  /** Which term decided, or what is wrong: a clause. */
  readonly because: string;
  /** The record of the domain itself, if it has one. */
  readonly record?: string;
  /** DNS lookups that count toward the limit of 10. */
  readonly lookups: number;
}

/** RFC 7208 4.6.4. */
const mostLookups = 10;
const mostVoidLookups = 2;
const mostNames = 10;

/** Ends the evaluation with an error result. */
class SpfError extends Error {
  readonly result: "temperror" | "permerror";
  constructor(result: "temperror" | "permerror", because: string) {
    super(because);
    this.result = result;
  }
}

interface Evaluation {
  readonly dns: MailDns;
  readonly values: MacroValues;
  lookups: number;
  voidLookups: number;
}

type Decided = Pick<SpfFinding, "result" | "because" | "record">;

/**
 * The function check_host() of RFC 7208: may `ip` send mail with `sender` in MAIL FROM? `helo` is the name the server gives
 * in EHLO. Never rejects.
 */
export async function checkSpf(
  dns: MailDns,
  { ip, sender, helo }: { readonly ip: string; readonly sender: string; readonly helo: string },
): Promise<SpfFinding> {
  const domain = domainOf(sender);
  const evaluation = { dns, values: { ip, sender, domain, helo }, lookups: 0, voidLookups: 0 };
  const records: string[] = [];
  try {
    const decided = await checkHost(evaluation, domain, records);
    return { ...decided, lookups: evaluation.lookups };
  } catch (error) {
    if (!(error instanceof SpfError)) throw error;
    const [record] = records;
    const { result, message: because } = error;
    return { result, because, lookups: evaluation.lookups, ...(record !== undefined && { record }) };
  }
}

async function checkHost(evaluation: Evaluation, domain: string, records: string[] = []): Promise<Decided> {
  const answer = await evaluation.dns.txt(domain);
  if (answer.kind === "error") throw new SpfError("temperror", `the TXT records of ${domain}: ${answer.why}`);
  const found = answer.kind === "found" ? answer.values.filter(isSpfRecord) : [];
  if (found.length > 1)
    throw new SpfError("permerror", `${domain} has ${found.length} SPF records, and only one may be`);
  const [record] = found;
  if (record === undefined) return { result: "none", because: `${domain} has no SPF record` };
  records.push(record);
  const read = readSpfRecord(record);
  if ("wrong" in read) throw new SpfError("permerror", `the record of ${domain} has a wrong term: ${read.wrong}`);
  for (const mechanism of read.mechanisms)
    if (await matches(evaluation, mechanism, domain))
      return { result: mechanism.qualifier, because: `${mechanism.term} of ${domain} matches`, record };
  if (read.redirect === undefined) return { result: "neutral", because: `no term of ${domain} matches`, record };
  countLookup(evaluation, `redirect=${read.redirect}`);
  const target = expanded(evaluation, read.redirect, domain);
  const redirected = await checkHost(evaluation, target);
  if (redirected.result === "none")
    throw new SpfError("permerror", `the record of ${domain} redirects to ${target}, which has none`);
  return { ...redirected, record };
}

async function matches(evaluation: Evaluation, mechanism: Mechanism, domain: string): Promise<boolean> {
  const { name, target = "", term } = mechanism;
  const { ip } = evaluation.values;
  if (name === "all") return true;
  if (name === "ip4" || name === "ip6") return isIn(ip, target, mechanism);
  countLookup(evaluation, term);
  const asked = target === "" ? domain : expanded(evaluation, target, domain);
  if (name === "include") return includes(evaluation, asked);
  if (name === "exists") return (await valuesOf(evaluation, evaluation.dns.addresses(asked, 4), asked)).length > 0;
  if (name === "a") return (await addressesOf(evaluation, asked)).some((one) => isIn(ip, one, mechanism));
  if (name === "ptr") return hasName(evaluation, asked);
  const servers = await valuesOf(evaluation, evaluation.dns.mx(asked), asked);
  if (servers.length > mostNames)
    throw new SpfError("permerror", `${term}: ${asked} has more than ${mostNames} mail servers`);
  for (const server of servers)
    if ((await addressesOf(evaluation, server)).some((one) => isIn(ip, one, mechanism))) return true;
  return false;
}

/** RFC 7208 5.2. */
async function includes(evaluation: Evaluation, domain: string): Promise<boolean> {
  const { result } = await checkHost(evaluation, domain);
  if (result === "none") throw new SpfError("permerror", `include:${domain}: that domain has no SPF record`);
  return result === "pass";
}

/** RFC 7208 5.5: a name of the address that resolves back to it, and is the domain or below it. */
async function hasName({ dns, values }: Evaluation, domain: string): Promise<boolean> {
  const answer = await dns.names(values.ip);
  if (answer.kind !== "found") return false;
  const family = isIPv6(values.ip) ? 6 : 4;
  for (const name of answer.values.slice(0, mostNames)) {
    if (!`.${name.toLowerCase()}`.endsWith(`.${domain.toLowerCase()}`)) continue;
    const back = await dns.addresses(name, family);
    if (back.kind === "found" && back.values.includes(values.ip)) return true;
  }
  return false;
}

function addressesOf(evaluation: Evaluation, name: string): Promise<readonly string[]> {
  return valuesOf(evaluation, evaluation.dns.addresses(name, isIPv6(evaluation.values.ip) ? 6 : 4), name);
}

async function valuesOf(
  evaluation: Evaluation,
  asking: Promise<DnsAnswer<string>>,
  name: string,
): Promise<readonly string[]> {
  const answer = await asking;
  if (answer.kind === "error") throw new SpfError("temperror", `${name}: ${answer.why}`);
  if (answer.kind === "found") return answer.values;
  evaluation.voidLookups += 1;
  if (evaluation.voidLookups > mostVoidLookups)
    throw new SpfError("permerror", `more than ${mostVoidLookups} of its names do not exist, the last is ${name}`);
  return [];
}

function countLookup(evaluation: Evaluation, term: string): void {
  evaluation.lookups += 1;
  if (evaluation.lookups > mostLookups)
    throw new SpfError("permerror", `it takes more than ${mostLookups} DNS lookups; ${term} is one too many`);
}

function expanded({ values }: Evaluation, spec: string, domain: string): string {
  const name = expandMacros(spec, { ...values, domain });
  if (name === undefined) throw new SpfError("permerror", `${spec} has a macro that is not allowed there`);
  return name;
}

function isIn(ip: string, network: string, { prefix4, prefix6 }: Mechanism): boolean {
  const family = isIPv6(ip) ? "ipv6" : "ipv4";
  if ((family === "ipv6") !== isIPv6(network)) return false;
  const list = new BlockList();
  list.addSubnet(network, family === "ipv6" ? prefix6 : prefix4, family);
  return list.check(ip, family);
}
