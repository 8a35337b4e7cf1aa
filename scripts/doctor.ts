// `npm run doctor -- --account NAME`: what the page of a mail account calls Check, by the same code.
import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { secrets } from "@email-agent/shared/adapters/secrets.ts";
import { clientConfig, findStack } from "../infra/local/stackAccess.ts";
import { checkAccount } from "../services/sender/src/accountCheck/checkAccount.ts";
import { openAws } from "../shared/src/adapters/aws.ts";
import { configTable } from "../shared/src/adapters/configTable.ts";
import type { AccountLine } from "../shared/src/domain/delivery/accountRequest.ts";
import { systemClock } from "../shared/src/kit/clock.ts";
import { processEnvironment, readConfig } from "../shared/src/kit/config.ts";
import { openLog } from "../shared/src/kit/log.ts";

const help = `npm run --silent doctor -- --account NAME [options]

Checks a mail account: mail server, TLS, certificate, sign-in, size, sender, DKIM, SPF, DMARC, reverse name. It sends
no mail. The account is read with the variables of the sender; without them from the stack that runs here (npm start).

  --account NAME   the account, as in the settings
  --json           prints { account, failed, warned, lines } instead
  --data FOLDER    the local data of the stack to use (default .data)
  --help           this page

Ends with 0 if no line fails, with 1 if one does, with 2 if the command itself or its environment is wrong.
`;

/** A wrong command, said in one sentence. */
class UsageError extends Error {}

const signs = { pass: "✓", warn: "!", fail: "✕", unchecked: "–" } as const;
const colours = { pass: "green", warn: "yellow", fail: "red", unchecked: "gray" } as const;

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { account: name, json = false, data, help: wantsHelp } = valuesOf(process.argv.slice(2));
  if (wantsHelp) {
    process.stdout.write(help);
    return 0;
  }
  if (!name) throw new UsageError("Name the account: npm run doctor -- --account office");
  const config = await environment(data);
  await using aws = openAws(config);
  const table = configTable(aws, config, { log: openLog("doctor", "error") });
  const account = await table.account(name);
  if (!account) {
    const names = (await table.accounts()).map((one) => one.name).join(", ");
    throw new UsageError(`There is no account "${name}". There are: ${names || "none"}.`);
  }
  await using store = secrets(config, systemClock);
  const ask = { secrets: store.fresh, config, now: aws.clock.now(), signal: AbortSignal.timeout(120_000) };
  const lines: AccountLine[] = [];
  for await (const line of checkAccount(account, ask)) {
    lines.push(line);
    if (!json) process.stdout.write(shown(line));
  }
  const count = (verdict: AccountLine["verdict"]) => lines.filter((line) => line.verdict === verdict).length;
  const [failed, warned] = [count("fail"), count("warn")];
  if (json) process.stdout.write(`${JSON.stringify({ account: name, failed, warned, lines }, undefined, 2)}\n`);
  else process.stdout.write(`\n${failed} failed, ${warned} with a warning.\n`);
  return failed > 0 ? 1 : 0;
}

function valuesOf(args: string[]) {
  const options = {
    account: { type: "string" },
    json: { type: "boolean" },
    data: { type: "string", default: join(import.meta.dirname, "..", ".data") },
    help: { type: "boolean" },
  } as const;
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split(". ")[0]}. Run it with --help to see what there is.`);
  }
}

/** The variables of the sender, or how the running stack is reached. */
async function environment(dataFolder: string) {
  const given = processEnvironment();
  const read = readConfig("sender", given);
  if (!("problems" in read)) return read.config;
  const stack = given["WORK_ORDERS_TABLE"] ? undefined : await findStack(dataFolder);
  if (!stack) {
    const lacking = read.problems.map(({ name, text }) => `${name} ${text}`).join("; ");
    throw new UsageError(`No email-agent runs here, and the variables of the sender are not set: ${lacking}.`);
  }
  return {
    ...stack.tables,
    ...clientConfig(stack),
    ...{ EMAIL_HOST: "127.0.0.1", EMAIL_PORT: stack.smtpPort, EMAIL_USERNAME: "", EMAIL_PASSWORD: "" },
    ...{ EMAIL_FROM: "noreply@example.org", MAILCHIMP_REPLY_TO: "office@example.org" },
    DNS_SERVERS: given["DNS_SERVERS"] ?? "",
  };
}

function shown({ verdict, title, text, repair }: AccountLine): string {
  const sign = styleText(colours[verdict], signs[verdict]);
  const more = repair === undefined ? "" : `\n${" ".repeat(25)}${styleText("bold", repair)}`;
  return `${sign} ${title.padEnd(23)}${text}${more}\n`;
}
