import { commandQueue } from "@email-agent/shared/adapters/commandQueue.ts";
import { openRedis } from "@email-agent/shared/adapters/redis.ts";
import { type ChunkQueue, chunkQueue, type StepQueues, stepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import { settleableRuns } from "@email-agent/shared/domain/lifecycle/settlement.ts";
import { isStepName, mailsRecipients, steps } from "@email-agent/shared/domain/steps.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { chunkQueueName } from "@email-agent/shared/messages/stepJob.ts";
import type { Command } from "commander";
import { mayChange, type Operation, sayJson } from "./operation.ts";
import { portsOf } from "./ports.ts";
import { changingCommand, command, group, run } from "./program.ts";
import { foundQueues, messagesIn } from "./queueNames.ts";
import { sayTable } from "./screen.ts";

export function addQueueCommands(program: Command): void {
  const queues = group(program, "queues", "The queues between the services.");
  command(
    queues,
    "depth",
    "How many jobs and messages wait, are worked on, and are dead letters.",
    "queues depth --json",
  ).action(run(showDepth));
  changingCommand(
    queues,
    "rebuild",
    "Adds the jobs and messages that the tables call for, after Redis was emptied: ingest does it by itself after 15 to 30 s. A job that is there already stays as it is.",
  ).action(run(rebuild));
}

interface JobQueues extends AsyncDisposable {
  readonly jobs: StepQueues;
  readonly chunks: ChunkQueue;
}

const redisMilliseconds = 5000;

/** Redis, if it responds in time. Throws one sentence if it does not. */
export async function openWithin({ log }: Pick<Operation, "log">, redisUrl: string) {
  const late = Promise.withResolvers<never>();
  const sentence =
    "Redis (REDIS_URL) does not respond. On AWS run the command inside the VPC: see the runbook, How to look.";
  const timer = setTimeout(() => late.reject(new Error(sentence)), redisMilliseconds);
  const opening = openRedis({ REDIS_URL: redisUrl }, log);
  return Promise.race([opening, late.promise]).finally(() => clearTimeout(timer));
}

/** The queues in Redis; undefined if the environment names none. */
async function openJobQueues({ places, log, aws }: Operation): Promise<JobQueues | undefined> {
  if (places.redisUrl === undefined) return undefined;
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await openWithin({ log }, places.redisUrl));
  const jobs = stack.use(stepQueues(redis, { log, clock: aws.clock }));
  const chunks = stack.use(chunkQueue(redis, { log, clock: aws.clock }));
  return { jobs, chunks, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

interface Depth {
  readonly queue: string;
  readonly kind: "jobs" | "messages" | "dead letters";
  readonly waiting: number;
  readonly active: number;
  readonly workers?: number;
}

async function showDepth(operation: Operation): Promise<boolean> {
  await using opened = await openJobQueues(operation);
  if (!opened) operation.complain("REDIS_URL is not set: the queues of jobs are left out.");
  const depths = [...(opened ? await jobDepths(opened) : []), ...(await messageDepths(operation))];
  sayTable(
    operation,
    depths,
    {
      Queue: ({ queue }) => queue,
      Holds: ({ kind }) => kind,
      Waiting: ({ waiting }) => waiting,
      "At work": ({ active }) => active,
      Workers: ({ workers }) => workers,
    },
    "There are no queues.",
  );
  return true;
}

async function jobDepths({ jobs, chunks }: JobQueues): Promise<Depth[]> {
  const ofSteps = steps.map(async ({ name, queue }) => ({ queue, ...(await jobs.backlog(name)) }));
  const { waiting, active, workers } = await chunks.backlog();
  const all = [...(await Promise.all(ofSteps)), { queue: chunkQueueName, waiting, active, workers }];
  return all.map((depth) => ({ kind: "jobs", ...depth }));
}

async function messageDepths(operation: Operation): Promise<Depth[]> {
  return Promise.all(
    (await foundQueues(operation)).map(async (queue) => {
      const { waiting, active, delayed } = await messagesIn(operation, queue);
      const kind = queue.isDeadLetter ? ("dead letters" as const) : ("messages" as const);
      return { queue: queue.name, kind, waiting: waiting + delayed, active };
    }),
  );
}

/** What a rebuild adds. */
interface Wanted {
  readonly what: string;
  add(): Promise<void>;
}

async function rebuild(operation: Operation): Promise<boolean> {
  const { options, say, complain } = operation;
  await using opened = await openJobQueues(operation);
  if (!opened) throw new Error("Set REDIS_URL: without it there are no queues to rebuild.");
  const before = await jobDepths(opened);
  const wanted: Wanted[] = [];
  for await (const order of operation.orders.list((error) => complain((error as Error).message)))
    for await (const one of wantedOf(operation, opened, order)) wanted.push(one);
  if (wanted.length === 0) say("The tables call for no job and no message.");
  else {
    const may = await mayChange(operation, `Add ${wanted.length} jobs and messages, unless they are there already?`);
    if (!may) return may === undefined;
  }
  for (const { add } of wanted) await add();
  const after = await jobDepths(opened);
  if (options.json) sayJson(operation, { offered: wanted.map(({ what }) => what), before, after });
  else {
    for (const { what } of wanted) say(what);
    for (const [index, { queue, waiting, active }] of after.entries()) {
      const had = (before[index]?.waiting ?? 0) + (before[index]?.active ?? 0);
      if (had !== waiting + active) say(`${queue}: ${had} jobs before, ${waiting + active} now.`);
    }
  }
  return true;
}

/** Jobs are hints, and the right to work is in the tables: one too many ends without effect. */
async function* wantedOf(operation: Operation, queues: JobQueues, order: WorkOrder): AsyncGenerator<Wanted> {
  const { id, runLease, runState, runCheckAt, fence, unsettled, pendingCommandAt } = order;
  if (runLease && isStepName(runLease.step)) {
    const { step, runId, token, worker } = runLease;
    if (worker === undefined)
      yield {
        what: `${id}: the job of ${step}`,
        add: () => queues.jobs.addStep(step, { workOrderId: id, runId, token }),
      };
    else if (mailsRecipients(step)) yield* waitingChunks(operation, queues, order, runId);
  }
  const [runId, left] = settleableRuns(unsettled)[0] ?? [];
  if (runState === "settling" && runCheckAt && runId !== undefined && left) {
    const job = { workOrderId: id, runId, token: fence, settles: runCheckAt };
    yield { what: `${id}: the settlement of ${left.step}`, add: () => queues.jobs.addSettlement(left.step, job) };
  }
  if (pendingCommandAt && order.command) yield resent(operation, order);
}

async function* waitingChunks(
  operation: Operation,
  { chunks }: JobQueues,
  order: WorkOrder,
  runId: string,
): AsyncGenerator<Wanted> {
  for await (const page of portsOf(operation).runs.list(runId)) {
    const waiting = page.filter(({ status, worker }) => status === "issued" && worker === undefined);
    if (waiting.length === 0) continue;
    const jobs = waiting.map(({ sk, token }) => ({ workOrderId: order.id, runId, sk, token, account: order.account }));
    yield { what: `${order.id}: ${jobs.length} chunks of Send`, add: () => chunks.add(jobs) };
  }
}

function resent({ aws, places }: Operation, { id: workOrderId, command }: WorkOrder): Wanted {
  const { id: commandId, ...asked } = command as NonNullable<WorkOrder["command"]>;
  return {
    what: `${workOrderId}: the command ${asked.action} ${asked.step}`,
    async add() {
      if (places.commandQueueUrl === undefined) throw new Error("Set SQS_QUEUE_URL: a command waits for its queue.");
      const queue = commandQueue(aws, { SQS_QUEUE_URL: places.commandQueueUrl });
      // A command counts once however often it comes; the id of its own may be swallowed for five minutes.
      const deduplicationId = `${commandId}-rebuilt-${Math.floor(Date.now() / 1000)}`;
      await queue.send([{ command: { v: 1, commandId, workOrderId, ...asked }, deduplicationId }]);
    },
  };
}
