import { isIPv6 } from "node:net";
import type { AccountLine } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { isPrivateHost } from "@email-agent/shared/domain/delivery/privateHosts.ts";
import { domainOf } from "@email-agent/shared/domain/recipients/address.ts";
import { getDomain } from "tldts";
import type { AccountAccess } from "../smtp/credentials.ts";
import { reservedWords, type SignerFound } from "./checkDkim.ts";
import { fail, pass, unchecked, warn } from "./checkLine.ts";
import { type DmarcPolicy, readDmarcRecord } from "./dmarcRecord.ts";
import { type DnsAnswer, isReservedDomain, type MailDns } from "./mailDns.ts";
import { checkSpf, type SpfFinding } from "./spf.ts";

export interface DomainToCheck {
  readonly access: Pick<AccountAccess, "host">;
  /** Of the mail server. */
  readonly addresses: readonly string[];
  readonly fromDomain: string;
  readonly envelopeFrom: string;
  readonly signer: SignerFound;
  /** Something outside signs, with a domain that is not known here. */
  readonly providerSigns: boolean;
}

/** The lines about the domains: SPF, DMARC with the alignment of both, and the reverse name. */
export async function* checkDomain(dns: MailDns, of: DomainToCheck): AsyncGenerator<AccountLine, void> {
  const { envelopeFrom, fromDomain, access, addresses } = of;
  const envelopeDomain = domainOf(envelopeFrom);
  const isPrivate = isPrivateHost(access.host) || addresses.every(isPrivateHost);
  const spf = isReservedDomain(envelopeDomain) ? undefined : await spfOfAll(dns, of);
  yield spf ? spfLine(envelopeDomain, access.host, isPrivate, spf) : unchecked("spf", reservedWords(envelopeDomain));
  const passesSpf = spf !== undefined && (spf.result === "pass" || (isPrivate && isValid(spf)));
  if (isReservedDomain(fromDomain)) {
    yield unchecked("dmarc", reservedWords(fromDomain));
    yield unchecked("alignment", reservedWords(fromDomain));
  } else {
    const policy = await readPolicy(dns, fromDomain);
    yield policy.line;
    yield alignmentLine(of, policy.found, passesSpf ? envelopeDomain : undefined);
  }
  yield await reverseLine(dns, of, isPrivate, spf?.result === "pass");
}

/** The finding for the first address of the server that does not pass; that of the last if all do. */
async function spfOfAll(dns: MailDns, { addresses, envelopeFrom, access }: DomainToCheck): Promise<SpfFinding> {
  let finding: SpfFinding = { result: "none", because: "the server has no address", lookups: 0 };
  for (const ip of addresses.slice(0, 4)) {
    finding = await checkSpf(dns, { ip, sender: envelopeFrom, helo: access.host });
    if (finding.result !== "pass") return finding;
  }
  return finding;
}

function isValid({ result }: SpfFinding): boolean {
  return result !== "none" && result !== "permerror" && result !== "temperror";
}

function spfLine(domain: string, host: string, isPrivate: boolean, finding: SpfFinding): AccountLine {
  const { result, because, record, lookups } = finding;
  const include = `Add the addresses that mail leaves from: ip4:… of an own server, or the include:… that the provider names.`;
  if (result === "temperror") return unchecked("spf", `It could not be read: ${because}.`);
  if (result === "none")
    return fail(
      "spf",
      `${domain} has no SPF record.`,
      `Publish a TXT record at ${domain}: v=spf1 include:… -all, with the include of the provider.`,
    );
  if (result === "permerror")
    return fail(
      "spf",
      `The SPF record of ${domain} is not valid, so receivers ignore it: ${because}.`,
      "Correct the record; fewer and flatter includes need fewer lookups.",
    );
  const shown = `"${record}", ${lookups} of 10 DNS lookups`;
  if (result === "pass" && /^\+?all\b/i.test(because))
    return warn("spf", `The record allows everyone to send for ${domain} (${shown}).`, "End it with -all or ~all.");
  if (result === "pass") return pass("spf", `The record of ${domain} includes ${host}: ${because} (${shown}).`);
  if (record !== undefined && /^v=spf1\s+-all\s*$/i.test(record))
    return fail("spf", `The record says that ${domain} sends no mail at all (${shown}).`, include);
  if (isPrivate)
    return pass(
      "spf",
      `The record of ${domain} is valid (${shown}). By which address ${host} leaves the private network is not known here: it must be in the record.`,
    );
  return warn(
    "spf",
    `The record of ${domain} does not include the address of ${host}: ${because} (${shown}). Providers often send from other addresses than that of their SMTP host.`,
    `${include} Then send a trial mail and look for spf=pass in its header Authentication-Results.`,
  );
}

interface PolicyRead {
  readonly line: AccountLine;
  readonly found?: DmarcPolicy;
}

/** RFC 7489 6.6.3: the record of the domain, or else that of its organisational domain. */
async function readPolicy(dns: MailDns, domain: string): Promise<PolicyRead> {
  const organisation = organisationOf(domain);
  for (const owner of new Set([domain, organisation])) {
    const name = `_dmarc.${owner}`;
    const answer: DnsAnswer<string> = await dns.txt(name);
    if (answer.kind === "error") return { line: unchecked("dmarc", `${name} could not be read: ${answer.why}.`) };
    const records = (answer.kind === "found" ? answer.values : []).filter((text) => /^v\s*=\s*DMARC1\b/i.test(text));
    if (records.length > 1)
      return {
        line: fail(
          "dmarc",
          `There are ${records.length} DMARC records at ${name}, so receivers ignore all.`,
          "Keep one.",
        ),
      };
    const [record] = records;
    if (record === undefined) continue;
    return policyLine(name, record, owner !== domain);
  }
  const repair = `Publish a TXT record at _dmarc.${organisation}: v=DMARC1; p=none; rua=mailto:… Gmail and Yahoo want one from everyone who sends much.`;
  return { line: warn("dmarc", `${domain} has no DMARC record.`, repair) };
}

function policyLine(name: string, record: string, isInherited: boolean): PolicyRead {
  const read = readDmarcRecord(record, isInherited);
  if ("wrong" in read)
    return {
      line: fail(
        "dmarc",
        `The record at ${name} is not valid: ${read.wrong}.`,
        "Correct it, as v=DMARC1; p=none; rua=mailto:…",
      ),
    };
  const words = `Policy ${read.policy} at ${name}${isInherited ? ", which holds for the domains below it" : ""}`;
  return { found: read, line: pass("dmarc", `${words}${read.hasReports ? "" : "; no address for reports (rua)"}.`) };
}

/** RFC 7489 3.1: a mail passes if SPF or DKIM passes for the domain in From. */
function alignmentLine(of: DomainToCheck, policy: DmarcPolicy | undefined, spfDomain: string | undefined): AccountLine {
  const { fromDomain, signer, providerSigns, envelopeFrom } = of;
  const { strictSpf = false, strictDkim = false } = policy ?? {};
  const bySpf = spfDomain !== undefined && isAligned(spfDomain, fromDomain, strictSpf);
  const byDkim = signer.domain !== undefined && isAligned(signer.domain, fromDomain, strictDkim);
  const words = [
    `DKIM ${byDkim ? `signs for ${signer.domain}, which fits` : signer.domain ? `signs for ${signer.domain}, which does not fit` : providerSigns ? "is the provider's, with a domain not known here" : "is missing"}`,
    `SPF ${bySpf ? `passes for ${spfDomain}, which fits` : spfDomain ? `passes for ${spfDomain}, which does not fit` : `does not pass for ${domainOf(envelopeFrom)} as far as is known`}`,
  ].join("; ");
  const text = `From is of ${fromDomain}. ${words}.`;
  if (byDkim && bySpf) return pass("alignment", text);
  if (byDkim) return pass("alignment", `${text} DKIM is enough.`);
  if (providerSigns && !bySpf)
    return unchecked(
      "alignment",
      `${text} Send a trial mail and look for dmarc=pass in its header Authentication-Results.`,
    );
  if (bySpf)
    return warn("alignment", `${text} Forwarded mails lose SPF and fail DMARC.`, `Sign with DKIM for ${fromDomain}.`);
  return fail(
    "alignment",
    `${text} So the mails fail DMARC.`,
    `Sign with DKIM for ${fromDomain}, or use an envelope sender of ${fromDomain} whose SPF record includes the server.`,
  );
}

function isAligned(domain: string, fromDomain: string, isStrict: boolean): boolean {
  const plain = domain.toLowerCase();
  return plain === fromDomain || (!isStrict && organisationOf(plain) === organisationOf(fromDomain));
}

/** RFC 7489 3.2, by the Public Suffix List. */
function organisationOf(domain: string): string {
  return getDomain(domain, { allowPrivateDomains: true }) ?? domain;
}

/** Whether the sending address has a PTR record whose name resolves back to it. */
async function reverseLine(
  dns: MailDns,
  of: DomainToCheck,
  isPrivate: boolean,
  isSending: boolean,
): Promise<AccountLine> {
  const { access, addresses } = of;
  const [address] = addresses;
  if (isPrivate || address === undefined)
    return unchecked(
      "ptr",
      `Mail leaves through ${access.host} in a private network; by which public address is not known here.`,
    );
  if (!isSending)
    return unchecked("ptr", `Not known here: the provider behind ${access.host} sends from addresses of its own.`);
  const answer = await dns.names(address);
  if (answer.kind === "error") return unchecked("ptr", `The name of ${address} could not be read: ${answer.why}.`);
  const repair = `Ask the operator of the network of ${address} for a PTR record whose name resolves back to it: Gmail and others refuse mail without one.`;
  if (answer.kind === "missing") return fail("ptr", `${address} has no name.`, repair);
  for (const name of answer.values) {
    const back = await dns.addresses(name, isIPv6(address) ? 6 : 4);
    if (back.kind === "found" && back.values.includes(address)) return pass("ptr", `${address} is ${name}, and back.`);
  }
  return fail("ptr", `${address} is called ${answer.values.join(", ")}, which does not lead back to it.`, repair);
}
