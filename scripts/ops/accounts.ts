import type { Account } from "@email-agent/shared/domain/account.ts";
import { usedInWindow, windowStart } from "@email-agent/shared/domain/delivery/quotaWindow.ts";
import type { Command } from "commander";
import {
  pauseAccount,
  pauseSchema,
  resumeAccount,
} from "../../services/manager/src/server/settings/account/pauseAccount.ts";
import { mayChange, type Operation, sayJson } from "./operation.ts";
import { operatorUser, portsOf } from "./ports.ts";
import { changingCommand, command, group, run } from "./program.ts";
import { moment, sayTable } from "./screen.ts";

export function addAccountCommands(program: Command): void {
  const accounts = group(program, "accounts", "Mail accounts: what they may send, and pauses by hand.");
  command(accounts, "list", "All accounts with their limits, what they sent in 24 hours, and pauses.").action(
    run(listAccounts),
  );
  changingCommand(
    accounts,
    "pause <name>",
    "Pauses an account: no mail of it begins within seconds, and its Sends wait.",
    'accounts pause office --reason "the provider asked for it"',
  )
    .requiredOption("--reason <text>", "why, for the page of the account and the audit")
    .action(run(pause));
  changingCommand(accounts, "resume <name>", "Ends a pause. Sends go on by themselves.")
    .option("--reason <text>", "needed if it is paused for returned mail: why it may go on")
    .action(run(resume));
  command(accounts, "quota <name>", "What an account used of its quota, in parts of five minutes.").action(
    run(showUse),
  );
  const quota = group(program, "quota", "What accounts sent in the last 24 hours.");
  command(
    quota,
    "show [account]",
    "The quota of every account, or of one in parts of five minutes.",
    "quota show office",
  ).action(
    run((operation: Operation, name?: string) =>
      name === undefined ? listAccounts(operation) : showUse(operation, name),
    ),
  );
}

async function listAccounts(operation: Operation): Promise<boolean> {
  const { configTable } = portsOf(operation);
  const rows = await Promise.all((await configTable.accounts()).map((account) => useOf(operation, account)));
  sayTable(
    operation,
    rows,
    {
      Account: ({ name }) => name,
      "Switched on": ({ enabled }) => (enabled ? "yes" : "no"),
      "A second": ({ ratePerSecond }) => ratePerSecond,
      "In 24 hours": ({ quotaPer24h }) => quotaPer24h,
      Used: ({ used }) => used,
      Left: ({ left }) => left,
      "Paused by hand": ({ paused }) => (paused ? `${moment(paused.at)}, by ${paused.by}: ${paused.reason}` : ""),
    },
    "There are no accounts.",
  );
  return true;
}

/** Without names of hosts, users and keys. */
async function useOf(operation: Operation, { name, enabled, ratePerSecond, quotaPer24h, paused }: Account) {
  const { quota, clock } = portsOf(operation);
  const used = usedInWindow(await quota.bucketsSince(name, windowStart(clock.now())), clock.now());
  const left = Math.max(0, quotaPer24h - used);
  return { name, enabled, ratePerSecond, quotaPer24h, used, left, ...(paused && { paused }) };
}

async function accountNamed(operation: Operation, name: string): Promise<Account> {
  const { configTable } = portsOf(operation);
  const account = await configTable.account(name);
  if (account) return account;
  const known = (await configTable.accounts()).map((one) => one.name);
  throw new Error(`There is no account "${name}". There are: ${known.join(", ") || "none"}.`);
}

async function showUse(operation: Operation, name: string): Promise<boolean> {
  const { quota, clock } = portsOf(operation);
  const use = await useOf(operation, await accountNamed(operation, name));
  const buckets = (await quota.bucketsSince(name, windowStart(clock.now()))).filter(({ used }) => used > 0);
  if (operation.options.json) {
    sayJson(operation, {
      ...use,
      buckets: buckets.map(({ start, used }) => ({ from: new Date(start).toISOString(), used })),
    });
    return true;
  }
  operation.say(`${name}: ${use.used} of ${use.quotaPer24h} used in 24 hours, ${use.left} left.`);
  sayTable(
    operation,
    buckets,
    { From: ({ start }) => moment(start), Mails: ({ used }) => used },
    "Nothing was sent in 24 hours.",
  );
  return true;
}

async function pause(operation: Operation<{ readonly reason: string }>, name: string): Promise<boolean> {
  const { options, say } = operation;
  await accountNamed(operation, name);
  const read = pauseSchema.safeParse({ reason: options.reason });
  if (!read.success) throw new Error(`--reason: ${read.error.issues[0]?.message}.`);
  const may = await mayChange(operation, `Pause the account ${name}?`);
  if (!may) return may === undefined;
  await pauseAccount(portsOf(operation), operatorUser(operation), name, read.data.reason);
  if (options.json) sayJson(operation, { account: name, paused: true });
  else say(`Paused: ${name}. Its senders begin no mail within seconds.`);
  return true;
}

async function resume(operation: Operation<{ readonly reason?: string }>, name: string): Promise<boolean> {
  const { options, say } = operation;
  await accountNamed(operation, name);
  const may = await mayChange(operation, `Resume the account ${name}? Its Sends go on at once.`);
  if (!may) return may === undefined;
  const read = pauseSchema.optional().safeParse(options.reason === undefined ? undefined : { reason: options.reason });
  if (!read.success) throw new Error(`--reason: ${read.error.issues[0]?.message}.`);
  await resumeAccount(portsOf(operation), operatorUser(operation), name, read.data?.reason);
  if (options.json) sayJson(operation, { account: name, paused: false });
  else say(`Resumed: ${name}.`);
  return true;
}
