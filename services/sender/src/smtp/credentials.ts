import type { Secrets } from "@email-agent/shared/adapters/secrets.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { jsonObject, secretLogin } from "@email-agent/shared/domain/configuration/secretLogin.ts";
import { accountFault } from "@email-agent/shared/domain/delivery/accountFault.ts";
import type { MessageConfig } from "@email-agent/shared/domain/delivery/message.ts";
import { isPrivateHost } from "@email-agent/shared/domain/delivery/privateHosts.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { type DkimKey, dkimKey } from "./dkim.ts";

/** Host, credentials and DKIM key of one account: never logged, never sent anywhere else. */
export interface AccountAccess {
  readonly host: string;
  readonly port: number;
  readonly security: Account["security"];
  /** Both absent where a loopback or private host needs none. */
  readonly username?: string;
  readonly password?: string;
  readonly dkim?: DkimKey;
}

export interface AccessConfig extends MessageConfig {
  readonly EMAIL_HOST: string;
  readonly EMAIL_PORT: number;
  readonly EMAIL_USERNAME: string;
  readonly EMAIL_PASSWORD: string;
}

/**
 * The access to an account, checked before any recipient is claimed. AppError `configuration` if it lacks credentials, has an
 * invalid address or a weak DKIM key, or has no TLS to a host that is not private.
 */
export async function accountAccess(
  secrets: Pick<Secrets, "get">,
  config: AccessConfig,
  account: Account,
): Promise<AccountAccess> {
  const { name, security } = account;
  const fault = accountFault(account, config);
  if (fault !== undefined) throw wrong(`Account ${name} cannot send: ${fault}`);
  const host = account.host || config.EMAIL_HOST;
  const port = account.port ?? config.EMAIL_PORT;
  const isPrivate = isPrivateHost(host);
  if (security === "none" && !isPrivate)
    throw wrong(
      `Account ${name} has security none, which is for loopback and private hosts only, and ${host} is neither.`,
    );
  const login = await loginOf(secrets, config, account);
  if (!login && !isPrivate)
    throw wrong(
      isInstallationHost(account, config)
        ? `Account ${name} has no user name and password: set them in Config, or EMAIL_USERNAME and EMAIL_PASSWORD.`
        : `Account ${name} has no user name and password: set them in Config. EMAIL_USERNAME and EMAIL_PASSWORD are for ${config.EMAIL_HOST} only, and it has the mail server ${host}.`,
    );
  const dkim = account.dkim && (await dkimOf(secrets, name, account.dkim));
  return { host, port, security, ...login, ...(dkim && { dkim }) };
}

interface Login {
  readonly username: string;
  readonly password: string;
}

/** EMAIL_USERNAME and EMAIL_PASSWORD are sent to EMAIL_HOST only: an administrator may enter any other host. */
function isInstallationHost({ host }: Account, { EMAIL_HOST }: AccessConfig): boolean {
  return !host || host.toLowerCase() === EMAIL_HOST.toLowerCase();
}

/** The account's own user with its secret or password; without a user of its own, at EMAIL_HOST, EMAIL_USERNAME and EMAIL_PASSWORD. */
async function loginOf(
  secrets: Pick<Secrets, "get">,
  config: AccessConfig,
  account: Account,
): Promise<Login | undefined> {
  const { name, username, password, secretArn } = account;
  const stored = secretArn ? secretLogin(await secrets.get(secretArn)) : undefined;
  const own = { username: stored?.username ?? username, password: stored?.password ?? password };
  if (own.username && own.password) return { username: own.username, password: own.password };
  // Half of an account's own login never mixes with half of the default one.
  if (own.username || own.password)
    throw wrong(`Account ${name} has a ${own.username ? "user name without password" : "password without user name"}.`);
  if (!isInstallationHost(account, config)) return undefined;
  const { EMAIL_USERNAME, EMAIL_PASSWORD } = config;
  return EMAIL_USERNAME && EMAIL_PASSWORD ? { username: EMAIL_USERNAME, password: EMAIL_PASSWORD } : undefined;
}

/** The key with which the account signs, or will. AppError `configuration` if it cannot be used. */
export async function dkimOf(
  secrets: Pick<Secrets, "get">,
  name: string,
  dkim: NonNullable<Account["dkim"]>,
): Promise<DkimKey> {
  const text = dkim.secretArn ? await secrets.get(dkim.secretArn) : dkim.privateKey;
  if (!text) throw wrong(`Account ${name} signs with DKIM but has neither privateKey nor secretArn for it.`);
  const inside = jsonObject(text)?.["privateKey"];
  return dkimKey(name, dkim, typeof inside === "string" ? inside : text);
}

function wrong(text: string): AppError {
  return new AppError("configuration", text);
}
