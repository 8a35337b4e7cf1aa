// `npm run demo`: drives a work order through its five steps, by commands and the WebSocket only, and reconciles.
import { join } from "node:path";
import { styleText } from "node:util";
import { stepNames } from "@email-agent/shared/domain/steps.ts";
import { localOptions } from "./commandLine.ts";
import { chooseOrder } from "./demo/chooseOrder.ts";
import { driveStep } from "./demo/driveStep.ts";
import { type InboxCount, reconcile, reconciliationTable } from "./demo/reconcile.ts";
import { seedOrganisation } from "./demo/seed.ts";
import { stepProgress } from "./demo/stepProgress.ts";
import type { MailingCount } from "./inbox.ts";
import { startLocalStack } from "./localStack.ts";
import { portsFrom, refuseTakenPorts } from "./ports.ts";
import { enterStack, findStack, type StackAccess } from "./stackAccess.ts";

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
  const access = (await findStack(options.dataFolder)) ?? (await startOwn(options, stack));
  const { aws, orders, operator } = await enterStack(access, stack);
  const { total } = await seedOrganisation(aws.dynamo, access.tables, options.participants);

  const order = await chooseOrder(orders);
  const revision = order.revision === undefined ? "" : `, revision ${order.revision}`;
  say(
    `Work order ${order.eventCode} · ${order.subEvent} · ${order.stage}${revision} (${order.languages.join(", ")}), ${total} participants\n`,
  );
  for (const step of stepNames) {
    const progress = stepProgress(step);
    const ended = await driveStep(operator, order.id, step, progress.show);
    progress.end(ended);
    if (ended.steps[step].status !== "complete") return 1;
  }

  const rows = reconcile(operator.seen(order.id) ?? order, await countInbox(access.inboxUrl));
  process.stdout.write(`\n${reconciliationTable(rows)}\n\n`);
  const agrees = rows.every((row) => row.disagreements.length === 0);
  say(
    agrees
      ? `Every number agrees. The mails: ${access.inboxUrl}`
      : "The numbers do not agree; the last column says where.",
  );
  return agrees ? 0 : 1;
}

async function startOwn(options: ReturnType<typeof localOptions>, stack: AsyncDisposableStack): Promise<StackAccess> {
  say("No email-agent is running here: starting one for this demo (npm start keeps one running) …");
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

async function countInbox(inboxUrl: string): Promise<Map<string, InboxCount>> {
  const response = await fetch(`${inboxUrl}/api/counts?test=false`);
  if (!response.ok) throw new Error(`The inbox at ${inboxUrl} answered ${response.status}.`);
  const { mailings } = (await response.json()) as { mailings: MailingCount[] };
  return new Map(mailings.map((one) => [one.mailingKey, one]));
}

function say(text: string): void {
  process.stdout.write(`${styleText("cyan", text)}\n`);
}
