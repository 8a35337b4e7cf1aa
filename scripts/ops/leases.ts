import { stepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { runningStep } from "@email-agent/shared/domain/lifecycle/busyStep.ts";
import { endLease } from "@email-agent/shared/domain/lifecycle/editLease.ts";
import { leaseTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";
import { runLimits } from "@email-agent/shared/domain/lifecycle/runLimits.ts";
import { transition } from "@email-agent/shared/domain/lifecycle/stepTransitions.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import type { Command } from "commander";
import { ulid } from "ulid";
import { mayChange, type Operation, refuse, sayJson } from "./operation.ts";
import { orderOf } from "./orders.ts";
import { changingCommand, command, group, run } from "./program.ts";
import { openWithin } from "./queues.ts";
import { moment, progressBar, sayTable } from "./screen.ts";

interface ReleaseOptions {
  readonly edit?: true;
  readonly run?: true;
}

/** A worker begins nothing once its last heartbeat is older than the proof; what it wrote may have been on its way for one request. */
const silenceMilliseconds = leaseTimes.proofMilliseconds + 5000;

export function addLeaseCommands(program: Command): void {
  const leases = group(program, "leases", "Who edits a work order, and which worker has its run.");
  command(leases, "list", "Every lease: its holder, and until when or since when it was seen.").action(run(listLeases));
  changingCommand(
    leases,
    "release <order>",
    `Takes a lease away. That of a user: the form cannot be saved any more. That of a run: only from a worker that is silent for ${silenceMilliseconds / 1000} s, which can begin no mail by then; another worker goes on.`,
    "leases release wo-01KAB… --edit",
    "leases release wo-01KAB… --run",
  )
    .option("--edit", "the lease of the user who has the form open")
    .option("--run", "the lease of the worker")
    .action(run(release));
}

interface Lease {
  readonly workOrderId: string;
  readonly kind: "edit" | "run" | "settlement";
  readonly holder: string;
  readonly seenAt?: string | undefined;
  readonly until?: string | undefined;
  readonly step?: string;
  readonly token?: number;
}

function leasesOf({ id, editLease, runLease, runCheckAt, runState, settler }: WorkOrder): Lease[] {
  const workOrderId = id;
  return [
    ...(editLease
      ? [{ workOrderId, kind: "edit" as const, holder: editLease.userId, until: editLease.expiresAt }]
      : []),
    ...(runLease
      ? [
          {
            ...{ workOrderId, kind: "run" as const, holder: runLease.worker ?? "no worker yet" },
            ...{ step: runLease.step, token: runLease.token, seenAt: runCheckAt },
          },
        ]
      : []),
    ...(runState === "settling" && settler !== undefined
      ? [{ workOrderId, kind: "settlement" as const, holder: settler, seenAt: runCheckAt }]
      : []),
  ];
}

async function listLeases(operation: Operation): Promise<boolean> {
  const found: Lease[] = [];
  for await (const order of operation.orders.list()) found.push(...leasesOf(order));
  sayTable(
    operation,
    found,
    {
      Order: ({ workOrderId }) => workOrderId,
      Lease: ({ kind }) => kind,
      Step: ({ step }) => step ?? "",
      Holder: ({ holder }) => holder,
      Token: ({ token }) => token,
      "Last seen": ({ seenAt }) => moment(seenAt),
      Until: ({ until }) => moment(until),
    },
    "No lease is held.",
  );
  return true;
}

async function release(operation: Operation<ReleaseOptions>, id: string): Promise<boolean> {
  const { options } = operation;
  if ((options.edit === true) === (options.run === true)) throw new Error("Say either --edit or --run.");
  const order = await orderOf(operation, id);
  return options.edit ? releaseEdit(operation, order) : releaseRun(operation, order);
}

async function releaseEdit(operation: Operation, { id, editLease }: WorkOrder): Promise<boolean> {
  if (!editLease) return refuse(operation, "No one edits this work order.");
  const { userId, token } = editLease;
  const may = await mayChange(operation, `Take the form away from ${userId}? What is not saved is lost.`);
  if (!may) return may === undefined;
  const audit = lineOf(operation, id, "edit", userId);
  const done = await operation.orders.write(id, endLease(token), { touch: false, audit });
  if (!done) return refuse(operation, "The lease has changed meanwhile. Look again: `ops leases list`.");
  return said(operation, { id, kind: "edit", from: userId }, `Released: ${userId} can no longer save the form.`);
}

function lineOf({ by, aws }: Operation, workOrderId: string, kind: "edit" | "run", from: string | undefined) {
  const now = aws.clock.now();
  return userLine({ workOrderId, by, what: "lease released", data: { kind, ...(from && { from }) } }, ulid(now), now);
}

function said(operation: Operation, result: object, sentence: string): true {
  if (operation.options.json) sayJson(operation, result);
  else operation.say(sentence);
  return true;
}

const lookMilliseconds = 500;

async function releaseRun(operation: Operation, order: WorkOrder): Promise<boolean> {
  const worker = order.runLease?.worker;
  if (!order.runLease || !runningStep(order)) return refuse(operation, "No run of this work order works.");
  if (worker === undefined) return refuse(operation, "No worker has this run yet: `ops queues rebuild` adds its job.");
  const may = await mayChange(
    operation,
    `Watch ${worker} for ${silenceMilliseconds / 1000} s, and take the run away if it is silent?`,
  );
  if (!may) return may === undefined;
  const silent = await watch(operation, order);
  if (!silent)
    return refuse(
      operation,
      `${worker} is alive, so its run stays. To end the step: \`ops orders stop ${order.id} ${order.runLease.step}\`.`,
    );
  return takeOver(operation, silent, worker);
}

/** The order as it is after a silence that lasted; undefined if its worker gave a sign, or has lost the run. */
async function watch(operation: Operation, { id, runCheckAt, runLease }: WorkOrder): Promise<WorkOrder | undefined> {
  const since = systemClock.monotonic();
  using bar = progressBar(operation, "Watching", silenceMilliseconds / 1000);
  for (;;) {
    const now = await orderOf(operation, id);
    if (now.runCheckAt !== runCheckAt || now.runLease?.token !== runLease?.token) return undefined;
    const silence = systemClock.monotonic() - since;
    if (silence >= silenceMilliseconds) return now;
    bar.at(Math.floor(silence / 1000));
    await systemClock.sleep(lookMilliseconds, operation.signal);
  }
}

/** As ingest does after a minute: a new token, so that the old worker can write nothing, and the job for another one. */
async function takeOver(operation: Operation, order: WorkOrder, worker: string): Promise<boolean> {
  const { orders, aws, places, log, complain } = operation;
  const step = runningStep(order);
  const limits = { ...runLimits, takeOverMilliseconds: silenceMilliseconds };
  const trigger = { kind: "lost", now: aws.clock.now(), silentMilliseconds: silenceMilliseconds, limits } as const;
  const taken = step && transition(order, step, trigger);
  const audit = lineOf(operation, order.id, "run", worker);
  const written = taken && (await orders.write(order.id, taken.write, { audit }));
  if (!step || !written) return refuse(operation, "The worker gave a sign in the last moment: the run stays with it.");
  const { runLease } = written;
  if (runLease && places.redisUrl !== undefined) {
    await using redis = await openWithin(operation, places.redisUrl);
    await using queues = stepQueues(redis, { log, clock: aws.clock });
    await queues.addStep(step, { workOrderId: order.id, runId: runLease.runId, token: runLease.token });
  } else if (runLease) complain("REDIS_URL is not set: ingest adds the job within 15 s.");
  const { status, message } = written.steps[step];
  return said(
    operation,
    { id: order.id, kind: "run", from: worker, step, status },
    `Released from ${worker}. ${step} is ${status}: ${message ?? ""}`,
  );
}
