import { isDeepStrictEqual } from "node:util";
import { type Audit, audit } from "@email-agent/shared/adapters/audit.ts";
import type { StatusTopic } from "@email-agent/shared/adapters/statusTopic.ts";
import { type WorkOrderStore, workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { Command } from "@email-agent/shared/domain/command.ts";
import { commandWrite } from "@email-agent/shared/domain/lifecycle/commandWrite.ts";
import { takeLease } from "@email-agent/shared/domain/lifecycle/editLease.ts";
import { runLimits } from "@email-agent/shared/domain/lifecycle/runLimits.ts";
import type { LeaseClaim } from "@email-agent/shared/domain/lifecycle/runWrites.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Tables } from "@email-agent/shared/testing/tables.ts";
import { ulid } from "ulid";
import { acceptCommand } from "../../../services/ingest/src/acceptCommand.ts";
import { runReaper } from "../../../services/ingest/src/reapRuns.ts";
import { noMetrics, silent } from "../../../services/sender/testing/sendFixture.ts";
import { checkHistory } from "../oracle/checkHistory.ts";
import { type DrivenTime, drivenClock } from "./drivenTime.ts";
import { dyingProcess } from "./dyingProcess.ts";
import { editWrite } from "./editWrite.ts";
import { expectedState, handlerEnd, orderAtStart, stateOf } from "./modelTerms.ts";
import { latest, type OrderAct, type OrderStart } from "./orderActs.ts";
import type { Edit, Happening } from "./orderHappenings.ts";
import { newOrder, type OrderModel, orderAfter } from "./orderModel.ts";
import { type OrderWorker, startOrderWorker } from "./orderWorker.ts";
import { queuesAndFlags } from "./queuesAndFlags.ts";

const minute = 60_000;

/**
 * Does `acts` one after the other to a work order over the real store, ingest and run code, and returns the first
 * difference from the model, in a sentence; undefined if there is none.
 */
export async function runOrderActs(
  tables: Tables,
  start: OrderStart,
  acts: readonly OrderAct[],
): Promise<string | undefined> {
  const system = new OrderSystem(tables);
  await system.create(start);
  try {
    for (const [at, act] of acts.entries()) {
      const violation = await system.perform(act);
      if (violation) return `After act ${at + 1} of ${acts.length}, ${JSON.stringify(act)}: ${violation}`;
    }
    return await system.judgeHistory();
  } finally {
    await system.store.remove(await system.read());
  }
}

class OrderSystem {
  readonly time: DrivenTime = { wall: Date.parse("2026-03-01T08:00:00.000Z"), monotonic: 0 };
  readonly clock = drivenClock(this.time);
  readonly queuesAndFlags = queuesAndFlags();
  readonly workers: OrderWorker[] = [];
  readonly queue: Command[] = [];
  readonly handled: Command[] = [];
  readonly deadLetters: Command[] = [];
  readonly published: WorkOrder[] = [];
  /** Ids of commands whose ingest died. */
  readonly tried = new Set<string>();
  readonly store: WorkOrderStore;
  readonly audit: Audit;
  model: OrderModel = newOrder;
  judged: string | undefined;
  version = 0;
  content = 0;
  id = "";

  constructor(tables: Tables) {
    const topic: StatusTopic = {
      publish: async (event) => void ("order" in event && this.published.push(event.order as WorkOrder)),
    };
    this.store = workOrderStore(
      tables.aws,
      { ...tables.names, STATUS_TOPIC_ARN: "" },
      { log: silent, metrics: noMetrics, clock: this.clock, topic },
    );
    this.audit = audit(tables.aws, tables.names);
  }

  async create(start: OrderStart): Promise<void> {
    const { order, model } = orderAtStart(start, this.time.wall);
    const { version: _v, createdAt: _c, updatedAt: _u, ...rest } = order;
    await this.store.create(rest as Parameters<WorkOrderStore["create"]>[0]);
    [this.id, this.model] = [order.id, model];
  }

  readonly read = async () => (await this.store.get(this.id)) as WorkOrder;

  /** What differs from the model after an act. */
  async perform(act: OrderAct): Promise<string | undefined> {
    switch (act.do) {
      case "clock":
        this.time.wall += act.minutes * minute;
        return undefined;
      case "give":
        return this.give(act);
      case "deliver":
        return this.deliver(this.queue[0], act.crash);
      case "redeliver":
        return this.deliver(latest(this.handled, act.nth));
      case "give up": {
        const [head] = this.queue;
        if (head && this.tried.has(head.id)) this.deadLetters.push(this.queue.shift() as Command);
        return undefined;
      }
      case "redrive":
        this.queue.push(...this.deadLetters.splice(0));
        return undefined;
      case "pick up":
        return this.pickUp(latest(this.queuesAndFlags.jobs, act.nth));
      case "end":
      case "release":
      case "beat": {
        const worker = latest(this.workers, act.nth);
        return worker && this.work(worker, act);
      }
      case "look":
        return this.look(act.silent, act.crash);
      case "edit":
        return this.edit(act.edit);
    }
  }

  async give({ action, step, startsInMinutes = 30 }: Extract<OrderAct, { do: "give" }>): Promise<string | undefined> {
    const startAt = this.time.wall + startsInMinutes * minute;
    const id = ulid(this.time.wall);
    const requested = { requestedBy: "anna", requestedAt: instant(this.time.wall) };
    const command: Command = {
      ...{ id, step, action, ...requested },
      ...(action === "schedule" && { startAt: instant(startAt) }),
      ...(action === "retry" && { selection: "all" }),
    };
    const order = await this.read();
    if (await this.store.write(this.id, commandWrite(order, command))) this.queue.push(command);
    return this.compare({ what: "given", id, command: { action, step, startAt } });
  }

  async deliver(message: Command | undefined, crash?: number): Promise<string | undefined> {
    if (!message) return undefined;
    const { id, ...asked } = message;
    const settling = (await this.read()).runState === "settling";
    const ingest = this.ingest(crash);
    await ingest.unlessDead(acceptCommand(ingest.ports, { v: 1, commandId: id, workOrderId: this.id, ...asked }));
    if (ingest.isDead) this.tried.add(id);
    else if (this.queue[0] === message) this.handled.push(this.queue.shift() as Command);
    const difference = await this.compare({ what: "delivered", id, settling }, ingest.isDead);
    const isStop = message.action === "stop" && this.model.commands[id]?.outcome === "accepted";
    if (!isStop || ingest.isDead || this.judged !== id) return difference;
    return (
      difference ?? (this.workers.some(({ mayBegin }) => mayBegin) ? "A stopped worker may begin a mail." : undefined)
    );
  }

  async pickUp(job: LeaseClaim | undefined): Promise<string | undefined> {
    if (!job) return undefined;
    const id = `worker-${ulid()}`;
    const { queues, flags } = this.queuesAndFlags;
    const worker = await startOrderWorker({ orders: this.store, queues, flags }, this.time, this.id, job, id);
    if (worker) this.workers.push(worker);
    return this.compare({ what: "picked up", run: job.runId, token: job.token, worker: id });
  }

  async work(
    worker: OrderWorker,
    act: Extract<OrderAct, { do: "end" | "release" | "beat" }>,
  ): Promise<string | undefined> {
    if (act.do === "beat") {
      await worker.beat();
      const holds = this.model.run?.worker === worker.id;
      return worker.mayBegin === holds ? this.compare() : `${worker.id} ${holds ? "lost" : "kept"} its lease.`;
    }
    this.workers.splice(this.workers.indexOf(worker), 1);
    if (act.crash !== undefined) worker.process.dieAt(act.crash);
    if (act.do === "release") {
      await worker.release();
      return this.compare({ what: "released", worker: worker.id }, worker.process.isDead);
    }
    const publishes = this.model.run?.step === "Prepare" && this.model.run.worker === worker.id;
    const version = publishes ? this.content + (act.end === "new content" ? 1 : 0) : undefined;
    await worker.end(handlerEnd(act.end, this.time.wall, version));
    const difference = await this.compare({ what: "ended", worker: worker.id, end: act.end }, worker.process.isDead);
    const hash = (await this.read()).prepared["EN"]?.hash;
    if (hash) this.content = Number(hash);
    return difference;
  }

  /** Two ingests look at the same time. A gap before the first look: neither has seen the silence before. */
  async look(isSilent: boolean, crash: number | undefined): Promise<string | undefined> {
    const ingests = [this.ingest(crash), this.ingest(undefined)];
    const reapers = ingests.map(({ ports }) => runReaper(ports, runLimits));
    this.time.monotonic += 2 * runLimits.takeOverMilliseconds;
    for (let looks = isSilent ? 4 : 1; looks > 0; looks--) {
      await Promise.all(reapers.map((reaper, n) => ingests[n]?.unlessDead(reaper())));
      this.time.monotonic += (runLimits.takeOverMilliseconds / 5) * 2;
    }
    return this.compare({ what: "looked", silent: isSilent });
  }

  async edit(edit: Edit): Promise<string | undefined> {
    const token = ulid();
    const lease = takeLease(await this.read(), { userId: "anna", token }, this.time.wall);
    const leased = await this.store.write(this.id, lease);
    if (leased && edit.field !== "form") {
      const { write, line } = editWrite(leased, edit, this.time.wall);
      if (!(await this.store.write(this.id, write, { audit: line }))) return `The edit of ${edit.field} was refused.`;
    }
    return this.compare({ what: "edited", edit });
  }

  ingest(crash: number | undefined) {
    const { queues, flags } = this.queuesAndFlags;
    const runsIn: WorkOrderStore["runsIn"] = (...of) => this.onlyMine(this.store.runsIn(...of));
    const orders = { ...this.store, runsIn };
    const ports = { orders, audit: this.audit, queues, flags, clock: this.clock, log: silent, metrics: noMetrics };
    const process = dyingProcess(ports);
    if (crash !== undefined) process.dieAt(crash);
    return process;
  }

  async *onlyMine<Entry extends { id: string }>(entries: AsyncIterable<Entry>) {
    for await (const entry of entries) if (entry.id === this.id) yield entry;
  }

  /** The order must be as the model says; after a crash it may also be as before. */
  async compare(happening?: Happening, crashed = false): Promise<string | undefined> {
    const order = await this.read();
    if (order.version < this.version) return `Its version fell from ${this.version} to ${order.version}.`;
    this.version = order.version;
    const next = happening ? orderAfter(this.model, happening, this.time.wall) : this.model;
    const judges = happening?.what === "delivered" && next !== this.model;
    const now = stateOf(order);
    const last = judges ? happening.id : this.judged;
    const isNext = isDeepStrictEqual(now, expectedState(next, last));
    if (!isNext && !(crashed && isDeepStrictEqual(now, expectedState(this.model, this.judged))))
      return `it is ${JSON.stringify(now)}, not ${JSON.stringify(expectedState(next, last))}`;
    if (!isNext) return undefined;
    [this.model, this.judged] = [next, last];
    return this.adoptWaking(order);
  }

  adoptWaking({ steps: { Send } }: WorkOrder): string | undefined {
    const { sleep } = this.model;
    if (!sleep || Send.nextRunAt === undefined) return undefined;
    const wakesAt = epochMilliseconds(Send.nextRunAt);
    if (wakesAt < sleep.from || wakesAt > sleep.until) return `It wakes at ${Send.nextRunAt}.`;
    this.model = { ...this.model, sleep: { ...sleep, from: wakesAt, until: wakesAt } };
    return undefined;
  }

  /** Each command that was judged and handled has one line, with its first outcome, and the whole history is explained. */
  async judgeHistory(): Promise<string | undefined> {
    const lines = await Array.fromAsync(this.audit.lines(this.id));
    for (const { id } of this.handled) {
      const said = lines.find(({ sk }) => sk === `C#${id}`)?.data?.["outcome"];
      if (said !== this.model.commands[id]?.outcome) return `The audit says that ${id} was ${said}.`;
    }
    const left = { order: await this.read(), audit: lines, ledger: [], published: this.published };
    return checkHistory({ ...left, clockJumped: true })[0];
  }
}
