import { styleText } from "node:util";
import { type Step, steps } from "@email-agent/shared/domain/steps.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { chunkQueueName } from "@email-agent/shared/messages/stepJob.ts";
import { Queue } from "bullmq";
import type { Command } from "commander";
import { type Operation, sayJson } from "../ops/operation.ts";
import { orderOf } from "../ops/orders.ts";
import { portsOf } from "../ops/ports.ts";
import { run } from "../ops/program.ts";
import { openWithin } from "../ops/queues.ts";
import { moment } from "../ops/screen.ts";
import { type Entry, sinceOf, timeline } from "./entry.ts";
import { type LedgerSummary, ledgerEntries, ledgerSummaries } from "./ledgerSummary.ts";
import { logEntries } from "./logEntries.ts";
import { auditEntries, orderEntries, runEntries, sendRuns } from "./orderEntries.ts";
import { personEntries } from "./personEntries.ts";

interface TraceOptions {
  readonly since?: string;
  readonly person?: string;
  readonly logs?: string;
}

export function addTrace(program: Command): void {
  program
    .description("The life of a work order as one timeline: audit, runs, ledger, queues, logs.")
    .argument("<order>", "id of the work order")
    .option("--since <time>", "from here on: an ISO time, or 90s, 30m, 2h, 3d before now")
    .option("--person <id>", "one person's life in it, in place of the sums")
    .option("--logs <file>", "logs of the services as JSON lines; - reads the standard input")
    .option("--data <folder>", "local data of the running stack", ".data")
    .option("--json", "the result as JSON")
    .exitOverride()
    .action(run(trace));
}

/** A job that is in a queue now. */
interface QueuedJob {
  readonly queue: string;
  readonly id: string;
  readonly state: "waiting" | "active";
}

async function trace(operation: Operation<TraceOptions>, id: string): Promise<boolean> {
  const { options, places, aws } = operation;
  const since = options.since === undefined ? undefined : sinceOf(options.since, aws.clock.now());
  if (options.since !== undefined && since === undefined)
    throw new Error(`--since: "${options.since}" is no time. Give an ISO time, or 90s, 30m, 2h, 3d.`);
  const order = await orderOf(operation, id);
  const ports = portsOf(operation);
  const { person } = options;
  const ledger = person === undefined ? await ledgerSummaries(operation, order) : [];
  const runIds = person === undefined ? await sendRuns(ports, order) : [];
  const entries = await Promise.all([
    orderEntries(order),
    auditEntries(ports, id),
    ...runIds.map((runId) => runEntries(ports, runId)),
    ledgerEntries(ledger),
    ...(person === undefined ? [] : [personEntries(ports, order, person)]),
    logEntries(options.logs, places.logFolder, id),
  ]);
  const life = timeline(entries.flat(), since);
  const jobs = await jobsOf(operation, id);
  if (options.json) sayJson(operation, { order: now(order), timeline: life, ledger, jobs });
  else show(operation, order, { life, ledger, jobs });
  return true;
}

function now({
  id,
  eventCode,
  subEvent,
  stage,
  account,
  steps: each,
  pendingCommandAt,
  runLease,
  runCheckAt,
  restored,
}: WorkOrder) {
  const states = Object.fromEntries(
    Object.entries(each).map(([name, { status, message, counters, nextRunAt, waiting }]) => [
      name,
      { status, message, counters, nextRunAt, waiting },
    ]),
  );
  return { id, eventCode, subEvent, stage, account, steps: states, pendingCommandAt, runLease, runCheckAt, restored };
}

/** Jobs looked at in each queue. */
const mostJobs = 5000;

/** The jobs of an order that are in Redis now; none where the environment names no Redis. */
async function jobsOf(operation: Operation, workOrderId: string): Promise<QueuedJob[]> {
  if (operation.places.redisUrl === undefined) return [];
  await using redis = await openWithin(operation, operation.places.redisUrl);
  const found: QueuedJob[] = [];
  for (const name of [...steps.map(({ queue }: Step) => queue), chunkQueueName]) {
    const queue = new Queue(name, { connection: redis, skipVersionCheck: true });
    for (const state of ["waiting", "active"] as const)
      for (const job of await queue.getJobs([state], 0, mostJobs - 1))
        if (job?.data?.workOrderId === workOrderId) found.push({ queue: name, id: String(job.id), state });
    await queue.close();
  }
  return found;
}

interface Life {
  readonly life: readonly Entry[];
  readonly ledger: readonly LedgerSummary[];
  readonly jobs: readonly QueuedJob[];
}

const colours = {
  order: "cyan",
  audit: "green",
  run: "blue",
  ledger: "magenta",
  log: "gray",
  person: "yellow",
} as const;
const levels = { warn: "yellow", error: "red" } as const;

function show({ say }: Operation, order: WorkOrder, { life, ledger, jobs }: Life): void {
  const colour = (format: Parameters<typeof styleText>[0], text: string) =>
    styleText(format, text, { stream: process.stdout });
  say(colour("bold", `${order.eventCode} ${order.subEvent} ${order.stage}  ${order.id}`));
  for (const { at, source, text, level, times } of life) {
    const words = `${text}${times === undefined ? "" : ` (${times} times)`}`;
    say(`${moment(at)}  ${colour(colours[source], source.padEnd(6))}  ${level ? colour(levels[level], words) : words}`);
  }
  say(colour("bold", "\nNow"));
  for (const [name, { status, message, nextRunAt }] of Object.entries(order.steps))
    say(
      `  ${name.padEnd(8)} ${status}${nextRunAt ? `, next at ${moment(nextRunAt)}` : ""}${message ? `: ${message}` : ""}`,
    );
  for (const { queue, id, state } of jobs) say(`  job ${id} in ${queue}: ${state}`);
  for (const summary of ledger) for (const line of ledgerLines(summary)) say(line);
}

const ratesShown = 20;
const repliesShown = 10;

function ledgerLines({
  mailing,
  statuses,
  bounced,
  complained,
  perMinute,
  failures,
  firstSentAt,
  lastSentAt,
}: LedgerSummary) {
  const counts = Object.entries(statuses).map(([status, number]) => `${number} ${status}`);
  const returned = [
    ...(bounced > 0 ? [`${bounced} bounced`] : []),
    ...(complained > 0 ? [`${complained} complaints`] : []),
  ];
  const minutes = Object.entries(perMinute);
  const busiest = Math.max(0, ...minutes.map(([, number]) => number));
  const group = Math.ceil(minutes.length / ratesShown);
  const rates = Array.from({ length: Math.ceil(minutes.length / (group || 1)) }, (_, index) => {
    const part = minutes.slice(index * group, (index + 1) * group);
    const mails = part.reduce((sum, [, number]) => sum + number, 0);
    return `    from ${moment(`${part[0]?.[0]}:00Z`)}: ${Math.round(mails / part.length)} a minute`;
  });
  return [
    `\n${mailing}: ${[...counts, ...returned].join(", ")}`,
    ...(firstSentAt
      ? [`  sent from ${moment(firstSentAt)} to ${moment(lastSentAt)}, at most ${busiest} in a minute`, ...rates]
      : []),
    ...Object.entries(failures)
      .slice(0, repliesShown)
      .map(([reply, number]) => `  ${number} failed: ${reply}`),
  ];
}
