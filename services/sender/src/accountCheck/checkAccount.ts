import type { Secrets } from "@email-agent/shared/adapters/secrets.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { pausedWhy } from "@email-agent/shared/domain/bounces/returnRate.ts";
import type { AccountLine } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { domainOf } from "@email-agent/shared/domain/recipients/address.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { type AccessConfig, type AccountAccess, accountAccess } from "../smtp/credentials.ts";
import { checkDkim } from "./checkDkim.ts";
import { checkDomain } from "./checkDomain.ts";
import { fail, pass, unchecked, warn } from "./checkLine.ts";
import { checkServer } from "./checkServer.ts";
import { mailDns } from "./mailDns.ts";

export interface CheckPorts {
  /** Reads secrets afresh: one that was just stored must be the one that is checked. */
  readonly secrets: Pick<Secrets, "get">;
  readonly config: AccessConfig & { readonly DNS_SERVERS: string };
  readonly now: number;
  readonly signal: AbortSignal;
  /** Why no connection is opened: a clause. Absent: it is. */
  readonly unconnected?: string | undefined;
  /** How long each connection to the mail server may take. */
  readonly connectionMilliseconds?: number;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly trustedCertificates?: string;
}

const usualMilliseconds = 10_000;

/**
 * Checks everything that lets mail of an account go out and arrive: settings, mail server, DKIM, SPF, DMARC and reverse name.
 * It signs in and tries the envelope sender, but sends no message. Yields each line as it is known. Rejects only if it
 * was aborted.
 */
export async function* checkAccount(account: Account, ports: CheckPorts): AsyncGenerator<AccountLine, void> {
  const { secrets, config, now, signal, connectionMilliseconds: milliseconds = usualMilliseconds, unconnected } = ports;
  const from = account.fromAddress || config.EMAIL_FROM;
  const envelopeFrom = account.envelopeFrom || from;
  const access = await accessOf(account, ports);
  if (access instanceof AppError) {
    yield fail("settings", access.message, "Correct the account on this page.");
    yield unchecked("connection", "Not tried, because the settings are not complete.");
  } else {
    yield settingsLine(account);
  }
  const { trustedCertificates } = ports;
  const of = { account, envelopeFrom, milliseconds, now, signal, trustedCertificates, unconnected };
  const server = access instanceof AppError ? undefined : checkServer({ ...of, access });
  const addresses = server ? (yield* server).addresses : [];
  signal.throwIfAborted();
  const dns = mailDns(config.DNS_SERVERS, signal);
  const signer = yield* checkDkim(dns, secrets, account);
  signal.throwIfAborted();
  if (addresses.length === 0) {
    yield unchecked("spf", "Not compared, because the address of the mail server is not known.");
    return;
  }
  const host = account.host || config.EMAIL_HOST;
  const domains = { fromDomain: domainOf(from), envelopeFrom, signer, providerSigns: account.providerSigns };
  yield* checkDomain(dns, { access: { host }, addresses, ...domains });
  signal.throwIfAborted();
}

function settingsLine({ name, enabled, paused }: Account): AccountLine {
  if (paused)
    return warn("settings", `Complete, but ${name} is paused: ${pausedWhy(paused)}`, "Resume it on this page.");
  if (!enabled) return warn("settings", `Complete, but ${name} is disabled: no order may choose it.`, "Switch it on.");
  return pass("settings", "Complete.");
}

/** Without the DKIM key, which has lines of its own. */
async function accessOf({ dkim: _, ...account }: Account, ports: CheckPorts): Promise<AccountAccess | AppError> {
  try {
    return await accountAccess(ports.secrets, ports.config, account);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
