// `npm run demo`: one mailing through all five steps on the running stack, or on one of its own.
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { styleText } from "node:util";
import { localOptions } from "./commandLine.ts";
import { holdData, isDataHeld } from "./dataHolder.ts";
import { runDemo } from "./demo/runDemo.ts";
import { startLocalStack } from "./localStack.ts";
import { portsFrom, refuseTakenPorts } from "./ports.ts";
import { findStack, type StackAccess } from "./stackAccess.ts";

const help = `npm run demo -- [options]

  --participants N     makes the demo organisation at least this large first (default 500)
  --data FOLDER        the local data of the stack to use (default .data)
`;

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${styleText("red", (error as Error).message)}\n`);
  process.exitCode = 1;
}

/** 0 only if every number agrees. */
async function main(): Promise<number> {
  const options = localOptions(process.argv.slice(2), join(import.meta.dirname, "..", "..", ".data"));
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  await using stack = new AsyncDisposableStack();
  const access = (await runningStack(options.dataFolder)) ?? (await startOwn(options, stack));
  return (await runDemo(access, options)) ? 0 : 1;
}

/** The stack on this data, awaited where it is just starting; undefined if there is none. */
async function runningStack(dataFolder: string): Promise<StackAccess | undefined> {
  for (let waits = 0; ; waits += 1) {
    const access = await findStack(dataFolder);
    if (access || !isDataHeld(dataFolder)) return access;
    if (waits === 0) say("email-agent is starting here: waiting until it is ready …");
    await pause(200);
  }
}

async function startOwn(options: ReturnType<typeof localOptions>, stack: AsyncDisposableStack): Promise<StackAccess> {
  say("No email-agent is running here: starting one for this demo (npm start keeps one running) …");
  stack.use(holdData(options.dataFolder));
  const ports = portsFrom(options.port);
  await refuseTakenPorts(ports);
  const own = stack.use(await startLocalStack({ ...options, ports, onNews: say }));
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, async () => {
      await own[Symbol.asyncDispose]();
      process.exit(130);
    });
  return own.access;
}

function say(text: string): void {
  process.stdout.write(`${styleText("cyan", text)}\n`);
}
