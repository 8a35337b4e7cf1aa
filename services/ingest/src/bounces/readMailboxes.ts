import { hash } from "node:crypto";
import type { BounceMailboxes } from "@email-agent/shared/adapters/bounceMailboxes.ts";
import type { ConfigTable } from "@email-agent/shared/adapters/configTable.ts";
import type { Secrets } from "@email-agent/shared/adapters/secrets.ts";
import { type BounceMailbox, bounceMailboxKey } from "@email-agent/shared/domain/bounces/bounceMailbox.ts";
import { secretLogin } from "@email-agent/shared/domain/configuration/secretLogin.ts";
import { isPrivateHost } from "@email-agent/shared/domain/delivery/privateHosts.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import { sweep } from "@email-agent/shared/kit/sweep.ts";
import type { MailboxAccess } from "./mailboxSession.ts";
import { type MailboxPorts, type MailboxTimes, mailboxTimes, readMailbox } from "./readMailbox.ts";

export interface MailboxesPorts extends MailboxPorts {
  readonly config: Pick<ConfigTable, "accounts">;
  readonly secrets: Pick<Secrets, "fresh">;
  readonly mailboxes: BounceMailboxes;
  readonly metrics: Pick<Metrics, "count" | "record">;
  /** Aborts when no more mails may be taken. */
  readonly signal: AbortSignal;
  readonly times?: MailboxTimes;
  readonly sweepMilliseconds?: number;
}

interface Reader extends AsyncDisposable {
  /** Changes with every value that matters for reading. */
  readonly version: string;
}

const sweepMilliseconds = 30_000;
/** A mailbox that cannot be read for this long is reported to the alarm. */
const failingMilliseconds = 15 * 60_000;

/**
 * Reads the bounce mailboxes of all accounts, each once however many accounts name it, also of accounts that are switched off:
 * their mails may still come back. Accounts that are added, changed or removed count within half a minute. Disposing ends the
 * mail under way and closes every connection.
 */
export function readMailboxes(ports: MailboxesPorts): AsyncDisposable {
  const { config, clock, log, signal } = ports;
  const readers = new Map<string, Reader>();
  const round = async () => {
    const wanted = new Map<string, BounceMailbox>();
    for (const { bounceMailbox } of await config.accounts())
      if (bounceMailbox)
        wanted.set(bounceMailboxKey(bounceMailbox), wanted.get(bounceMailboxKey(bounceMailbox)) ?? bounceMailbox);
    const gone = [...readers].filter(([key, { version }]) => !isSame(wanted.get(key), version));
    await Promise.all(gone.map(([, reader]) => reader[Symbol.asyncDispose]()));
    for (const [key] of gone) readers.delete(key);
    for (const [key, mailbox] of wanted) if (!readers.has(key)) readers.set(key, startReader(ports, key, mailbox));
    await recordFailing(ports, [...wanted.keys()]);
  };
  const every = ports.sweepMilliseconds ?? sweepMilliseconds;
  const rounds = sweep({ name: "bounce mailboxes", everyMilliseconds: every, work: round, clock, log, signal });
  return {
    async [Symbol.asyncDispose]() {
      await rounds[Symbol.asyncDispose]();
      await Promise.all([...readers.values()].map((reader) => reader[Symbol.asyncDispose]()));
    },
  };
}

function isSame(mailbox: BounceMailbox | undefined, version: string): boolean {
  return mailbox !== undefined && versionOf(mailbox) === version;
}

/** It holds a hash in place of the password. */
function versionOf(mailbox: BounceMailbox): string {
  return hash("sha256", JSON.stringify(Object.entries(mailbox).sort()));
}

function startReader(ports: MailboxesPorts, key: string, mailbox: BounceMailbox): Reader {
  const closing = new AbortController();
  const ending = AbortSignal.any([ports.signal, closing.signal]);
  const access = () => accessOf(ports.secrets, mailbox);
  const reading = readMailbox(ports, { key, access }, ending, ports.times ?? mailboxTimes);
  return {
    version: versionOf(mailbox),
    async [Symbol.asyncDispose]() {
      closing.abort(new AppError("shutting-down", "The bounce mailbox is read no more."));
      await reading;
    },
  };
}

/** Secrets are read at each sign-in, so that a rotated password is used at the next. */
async function accessOf({ fresh }: Pick<Secrets, "fresh">, mailbox: BounceMailbox): Promise<MailboxAccess> {
  const { host, port, security, folder, secretArn } = mailbox;
  if (security === "none" && !isPrivateHost(host))
    throw new AppError(
      "configuration",
      `The bounce mailbox at ${host} has no encryption, which is for private hosts only.`,
    );
  const stored = secretArn ? secretLogin(await fresh.get(secretArn)) : undefined;
  const [username, password] = [stored?.username ?? mailbox.username, stored?.password ?? mailbox.password];
  if (!password)
    throw new AppError("configuration", `The bounce mailbox at ${host} has no password: enter it in Settings.`);
  return { host, port, security, folder, username, password };
}

async function recordFailing({ mailboxes, metrics, clock }: MailboxesPorts, keys: readonly string[]): Promise<void> {
  const states = await Promise.all(keys.map((key) => mailboxes.get(key)));
  const failing = states.filter(
    (state) => state?.problem && clock.now() - epochMilliseconds(state.problem.since) >= failingMilliseconds,
  );
  metrics.record("BounceMailboxesFailing", failing.length);
}
