// `npm start`: the whole product on this machine, with Node and npm only. Ctrl-C stops everything.
import { once } from "node:events";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { localOptions } from "./commandLine.ts";
import { holdData, holderFile } from "./dataHolder.ts";
import { keepLogs } from "./keepLogs.ts";
import { type LocalStack, startLocalStack } from "./localStack.ts";
import { portsFrom, refuseTakenPorts } from "./ports.ts";
import { readableLine } from "./readableLog.ts";
import { announceStack } from "./stackAccess.ts";

const help = `npm start -- [options]

  --fresh              starts over: deletes the local data
  --empty              begins with nothing but an administrator (--fresh deletes what is there)
  --data FOLDER        keeps the local data there (default .data)
  --participants N     people in the demo organisation, at least (default 500)
  --port N             first of fifteen ports in a row (default 8020)
  --without-mailchimp  the product runs without Mailchimp: upload templates on the page Templates
  --dev                the Email Manager's pages reload as their sources change
`;

try {
  await main();
} catch (error) {
  process.stderr.write(`${styleText("red", (error as Error).message)}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const options = localOptions(process.argv.slice(2), join(import.meta.dirname, "..", "..", ".data"));
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  using _hold = holdData(options.dataFolder);
  const ports = portsFrom(options.port);
  await refuseTakenPorts(ports);
  if (options.fresh) throwAway(options.dataFolder);

  const say = (text: string) => process.stdout.write(`${styleText("cyan", text)}\n`);
  const startedAt = performance.now();
  const keep = keepLogs(options.dataFolder);
  say("Starting email-agent …");
  const ending = endOnSignal();
  let isReady = false;
  const ended = once(ending, "abort").then(() =>
    say(isReady ? "Stopping (a message on the wire is finished first) …" : "Stopping what has started …"),
  );
  const starting = startLocalStack({
    ...options,
    ports,
    onNews: say,
    signal: ending,
    onLine: (service, line) => {
      keep(line);
      const text = readableLine(service, line);
      if (text !== undefined) process.stdout.write(`${text}\n`);
    },
  });
  const stack = await starting.catch((error: unknown) => {
    if (!ending.aborted) throw error;
  });
  if (!stack) {
    say("Stopped before it was ready.");
    return;
  }
  isReady = true;
  using _word = announceStack(options.dataFolder, stack.access);
  process.stdout.write(board(stack, (performance.now() - startedAt) / 1000));
  await ended;
  await stack[Symbol.asyncDispose]();
  say(`Stopped. The data stays in ${options.dataFolder}.`);
}

/** Removes local data. */
function throwAway(dataFolder: string): void {
  for (const name of readdirSync(dataFolder))
    if (name !== holderFile) rmSync(join(dataFolder, name), { recursive: true, force: true });
}

/** Aborts at the first Ctrl-C; a second one ends at once, and then the watchers end what is left. */
function endOnSignal(): AbortSignal {
  const ending = new AbortController();
  const stop = () => {
    if (ending.signal.aborted) process.exit(130);
    ending.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.on("SIGHUP", stop);
  return ending.signal;
}

function board(stack: LocalStack, seconds: number): string {
  const rows = [
    ["Email Manager", stack.managerUrl],
    ["Inbox (every mail that was sent)", stack.inbox.url],
    ["Queue board", stack.queueBoardUrl],
    ...(stack.hasMailchimp ? [["Mailchimp stand-in", stack.mailchimp.pageUrl]] : []),
    ["WebSocket", stack.access.webSocketUrl],
    ["AWS endpoint", stack.access.awsUrl],
    ["DynamoDB", stack.access.dynamoUrl],
    ["Redis", `${stack.redisUrl} (${stack.redisKind})`],
  ] as const satisfies string[][];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, url]) => `  ${name.padEnd(width)}  ${styleText("underline", url)}`);
  return [
    "",
    styleText("bold", `email-agent is ready (${seconds.toFixed(1)} s)`),
    "",
    ...lines,
    "",
    `  Begin here:     ${styleText("bold", stack.managerUrl)}  (sign in as ${stack.isEmpty ? "Ada Admin; the first steps are on the page" : "Wren Writer"})`,
    ...(stack.isEmpty
      ? ["  Mail account:   leave host and port empty and choose the encryption none: the inbox offers no TLS"]
      : [
          `  Run a mailing:  ${styleText("bold", "npm run demo")}  (in another terminal, or by hand in the Email Manager)`,
        ]),
    `  Stop:           ${styleText("bold", "Ctrl-C")}`,
    "",
    "",
  ].join("\n");
}
