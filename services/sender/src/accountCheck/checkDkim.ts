import type { Secrets } from "@email-agent/shared/adapters/secrets.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import type { AccountLine } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { dkimName, dkimRecordFault, readDkimRecord } from "@email-agent/shared/domain/delivery/dkimRecord.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { dkimOf } from "../smtp/credentials.ts";
import type { DkimKey } from "../smtp/dkim.ts";
import { type CheckLineId, fail, pass, unchecked, warn } from "./checkLine.ts";
import { isReservedDomain, type MailDns } from "./mailDns.ts";

/** What signs the mails of the account, for the alignment of DMARC. */
export interface SignerFound {
  /** d= of our signature; absent if we sign nothing, or not with a key that receivers find. */
  readonly domain?: string;
}

/** The lines about DKIM. */
export async function* checkDkim(
  dns: MailDns,
  secrets: Pick<Secrets, "get">,
  account: Account,
): AsyncGenerator<AccountLine, SignerFound> {
  const { dkim, dkimNext, providerSigns } = account;
  const found: { domain?: string } = {};
  if (dkim) {
    const key = await loaded(secrets, account.name, dkim);
    if (key instanceof AppError) {
      yield fail("dkim-key", key.message, "Make a new key on this page, and publish its record.");
      yield unchecked("dkim-record", "Not compared, because the key cannot be used.");
    } else {
      yield keyLine(key);
      const record = await recordLine(dns, "dkim-record", key);
      yield record;
      if (record.verdict !== "fail") found.domain = dkim.domain;
    }
  }
  if (dkimNext) {
    const key = await loaded(secrets, account.name, dkimNext);
    yield key instanceof AppError
      ? fail("dkim-next", key.message, "Make another one on this page.")
      : await recordLine(dns, "dkim-next", key);
  }
  yield signingLine(dkim !== undefined, providerSigns);
  return found;
}

/** The key, or why it cannot be used. */
async function loaded(
  secrets: Pick<Secrets, "get">,
  name: string,
  dkim: NonNullable<Account["dkim"]>,
): Promise<DkimKey | AppError> {
  try {
    return await dkimOf(secrets, name, dkim);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function keyLine({ key, selector }: DkimKey): AccountLine {
  if (key.asymmetricKeyType === "ed25519")
    return warn(
      "dkim-key",
      `Ed25519, selector ${selector}. Many receivers, Gmail and Microsoft among them, do not verify it and see no signature.`,
      "Make an RSA key of 2,048 bits.",
    );
  const bits = (key.asymmetricKeyDetails?.modulusLength ?? 0).toLocaleString("en");
  return pass("dkim-key", `RSA of ${bits} bits, selector ${selector}.`);
}

async function recordLine(dns: MailDns, id: CheckLineId, dkim: DkimKey): Promise<AccountLine> {
  const name = dkimName(dkim);
  if (isReservedDomain(dkim.domain)) return unchecked(id, reservedWords(dkim.domain));
  const answer = await dns.txt(name);
  if (answer.kind === "error") return unchecked(id, `The TXT record ${name} could not be read: ${answer.why}.`);
  const publish = `Publish the record that this page shows under ${name}. DNS may take some hours.`;
  const records = (answer.kind === "found" ? answer.values : []).flatMap((text) => readDkimRecord(text) ?? []);
  const [record] = records;
  if (!record) return fail(id, `There is no DKIM record at ${name}.`, publish);
  if (records.length > 1)
    return fail(id, `There are ${records.length} DKIM records at ${name}, and only one may be.`, "Remove the others.");
  const fault = dkimRecordFault(record, dkim.key);
  if (fault !== undefined) return fail(id, `The record at ${name} does not fit: ${fault}.`, publish);
  if (record.tags.get("t")?.split(":").includes("y"))
    return warn(id, `The record at ${name} fits, but says that it is a test (t=y).`, "Remove t=y from it.");
  return pass(id, `The public key at ${name} is that of the account.`);
}

function signingLine(signsHere: boolean, providerSigns: boolean): AccountLine {
  if (signsHere) return pass("signing", `We sign each mail${providerSigns ? ", and so does the provider" : ""}.`);
  if (providerSigns)
    return unchecked(
      "signing",
      "The provider signs, as the account says. Send a trial mail and look for dkim=pass in its header Authentication-Results.",
    );
  return fail(
    "signing",
    "No one signs the mails: the account has no DKIM key, and providerSigns is off. Gmail, Microsoft and Yahoo refuse or hide such mail, and one-click unsubscribe is not offered.",
    "Make a key on this page, or switch on providerSigns if the provider signs with your domain.",
  );
}

/** Why nothing is asked about a domain that is reserved for examples. */
export function reservedWords(domain: string): string {
  return `${domain} is reserved for examples and private use: no one can publish records for it.`;
}
