// What a work order is allowed to do, in the words of its users. It imports nothing of the product, so that it can be checked
// by reading it; orderSystem.ts compares the product with it.

import {
  type Command,
  type Edit,
  type End,
  type Happening,
  type Outcome,
  type Status,
  type Step,
  steps,
} from "./orderHappenings.ts";

const [second, minute, hour] = [1000, 60_000, 3_600_000];

export interface OrderModel {
  readonly steps: Record<Step, Status>;
  readonly continuous: boolean;
  readonly ends?: number | undefined;
  /** Rises with every right to work that is given or taken: no worker has a right by an earlier one. */
  readonly token: number;
  /** The only run that has the lease. Without a worker it waits for one. */
  readonly run?: { step: Step; id: string; worker?: string | undefined } | undefined;
  readonly losses: number;
  readonly attempt: number;
  /** Wakes at the earliest and at the latest. */
  readonly sleep?:
    | { next: string; from: number; until: number; scheduled?: { at: number; heldSince?: number } }
    | undefined;
  /** People whom the sleeping run has not handled. */
  readonly left: number;
  readonly pending?: string | undefined;
  readonly commands: Readonly<Record<string, Command & { outcome?: Outcome }>>;
  readonly formOpenUntil?: number | undefined;
  /** Prepare has published content for the settings as they are. */
  readonly published: boolean;
}

export const newOrder: OrderModel = {
  steps: { Count: "ready", Prepare: "ready", "Dry-Run": "ready", Test: "ready", Send: "ready" },
  ...{ continuous: false, token: 0, losses: 0, attempt: 1, left: 0, commands: {}, published: false },
};

/** The order after what happened at `now` (epoch milliseconds). */
export function orderAfter(order: OrderModel, happening: Happening, now: number): OrderModel {
  switch (happening.what) {
    case "given":
      return order.pending === undefined ? given(order, happening.id, happening.command) : order;
    case "delivered":
      return judged(order, happening.id, happening.settling, now);
    case "picked up": {
      const { run, token, worker } = happening;
      const fits = order.run?.id === run && order.token === token && order.run.worker === undefined;
      return fits && order.run ? { ...order, run: { ...order.run, worker } } : order;
    }
    case "ended":
      return order.run?.worker === happening.worker ? ended(order, order.run, happening.end, now) : order;
    case "released":
      return order.run?.worker === happening.worker ? anotherWorker(order, 0) : order;
    case "looked":
      if (order.sleep) return woken(order, order.sleep, now);
      return happening.silent && order.run?.worker ? anotherWorker(order, 1, broken(order, order.run.step)) : order;
    case "edited":
      return edited(order, happening.edit, now);
  }
}

const given = (order: OrderModel, id: string, command: Command) => withCommand({ ...order, pending: id }, id, command);
const withCommand = (order: OrderModel, id: string, command: Command): OrderModel => ({
  ...order,
  commands: { ...order.commands, [id]: command },
});
const set = (order: OrderModel, step: Step, status: Status): OrderModel => ({
  ...order,
  steps: { ...order.steps, [step]: status },
});
/** No run and no sleep is left. */
const atRest = (order: OrderModel, step: Step, status: Status): OrderModel => ({
  ...set(order, step, status),
  ...{ run: undefined, sleep: undefined },
});
const broken = (order: OrderModel, step: Step) => ({ ...atRest(order, step, "exception"), token: order.token + 1 });
const isOver = ({ ends }: OrderModel, at: number) => ends !== undefined && at >= ends;
const isOpen = ({ formOpenUntil = 0 }: OrderModel, now: number) => formOpenUntil > now;

function begun(order: OrderModel, step: Step, id: string, attempt = 1): OrderModel {
  const token = order.token + 1;
  return { ...atRest(order, step, "working"), run: { step, id }, token, losses: 0, attempt, left: 0 };
}

/** A command is judged once, whenever and however often it is delivered. */
function judged(order: OrderModel, id: string, settling: boolean, now: number): OrderModel {
  const command = order.commands[id];
  if (!command || command.outcome !== undefined) return order;
  const [outcome, next] = judge(order, id, command, settling, now);
  return withCommand({ ...next, pending: undefined }, id, { ...command, outcome } as Command);
}

function judge(order: OrderModel, id: string, command: Command, settling: boolean, now: number): [Outcome, OrderModel] {
  const { action, step, startAt = 0 } = command;
  const status = order.steps[step];
  if (action === "stop") {
    if (status !== "working" && status !== "sleeping") return ["ignored", order];
    return ["accepted", { ...atRest(order, step, "interrupted"), token: order.token + 1 }];
  }
  const refusal = isOpen(order, now) ? "rejected" : startRefused(order, step, now);
  if (action === "start") {
    if (refusal === "predecessor") return ["rejected", atRest(order, step, "error")];
    return refusal ? [refusal, order] : ["accepted", begun(order, step, id)];
  }
  if (refusal || step !== "Send") return ["rejected", order];
  if (action === "retry") return status === "sleeping" ? ["rejected", order] : ["accepted", begun(order, step, id)];
  const isAsleep = status === "sleeping" && !order.sleep?.scheduled;
  if (isAsleep || settling || startAt < now - minute || isOver(order, startAt)) return ["rejected", order];
  const sleep = { next: id, from: startAt, until: startAt, scheduled: { at: startAt } };
  return ["accepted", { ...set(order, step, "sleeping"), sleep, attempt: 1 }];
}

function startRefused(order: OrderModel, step: Step, now: number): "ignored" | "rejected" | "predecessor" | undefined {
  const isBusy = (one: Step) => order.steps[one] === "working" || order.steps[one] === "sleeping";
  if (steps.some((one) => one !== step && isBusy(one))) return "rejected";
  if (order.steps[step] === "working") return "ignored";
  const before = steps[steps.indexOf(step) - 1];
  if (before && order.steps[before] !== "complete") return isBusy(step) ? "rejected" : "predecessor";
  const mayNotGoOn = step === "Send" && order.continuous && (order.ends === undefined || isOver(order, now));
  return mayNotGoOn ? "rejected" : undefined;
}

/** A run survives two losses of its process; `gone`: what becomes of it at the third. */
function anotherWorker(order: OrderModel, isLoss = 1, gone?: OrderModel): OrderModel {
  if (gone && order.losses === 2) return gone;
  const run = order.run && { ...order.run, worker: undefined };
  return { ...order, token: order.token + 1, losses: order.losses + isLoss, run };
}

function ended(order: OrderModel, run: { step: Step; id: string }, end: End, now: number): OrderModel {
  const { step } = run;
  const sleeps = step === "Send" && !isOver(order, now);
  const asleep = (from: number, until: number, attempt: number, left: number): OrderModel => {
    const [, command = "", pass = "1"] = /^(\w+)(?:-p(\d+))?$/.exec(run.id) ?? [];
    const { ends = Number.POSITIVE_INFINITY } = order;
    const sleep = { next: `${command}-p${Number(pass) + 1}`, from: Math.min(from, ends), until: Math.min(until, ends) };
    return { ...atRest(order, step, "sleeping"), sleep, attempt, left };
  };
  if (end === "complete" || end === "new content") {
    const done = atRest(order, step, "complete");
    if (step !== "Prepare") return done;
    const isNew = end === "new content" || !order.published;
    return { ...(isNew ? reset(done, steps.slice(2)) : done), published: true };
  }
  if (end === "error") return atRest(order, step, "error");
  if (end === "bug") return broken(order, step);
  if (end === "pass")
    return sleeps && order.continuous ? asleep(now + hour, now + hour, 1, 0) : atRest(order, step, "complete");
  if (end === "quota") {
    if (sleeps) return asleep(now + 2 * hour, now + 2 * hour, 1, 2);
    return atRest(order, step, step === "Send" ? "complete" : "error");
  }
  if (step === "Send" && order.continuous && order.attempt < 6) {
    const wait = minute * 2 ** (order.attempt - 1);
    return asleep(now + wait * 0.8 - second, now + wait * 1.2 + second, order.attempt + 1, 0);
  }
  const failed = atRest(order, step, "error");
  return end === "outage" ? anotherWorker(order, 1, failed) : failed;
}

function woken(order: OrderModel, sleep: NonNullable<OrderModel["sleep"]>, now: number): OrderModel {
  const { scheduled, next, from } = sleep;
  if (now < from) return order;
  if (!scheduled) {
    const isDone = isOver(order, now) && order.left === 0;
    return isDone ? atRest(order, "Send", "complete") : begun(order, "Send", next, order.attempt);
  }
  // A start that was missed by an hour, or was kept by an edit for an hour, asks its user.
  if (now - (scheduled.heldSince ?? scheduled.at) > hour) return atRest(order, "Send", "error");
  if (isOpen(order, now)) return { ...order, sleep: { ...sleep, scheduled: { heldSince: now, ...scheduled } } };
  if (startRefused(order, "Send", now) || isOver(order, now)) return atRest(order, "Send", "error");
  return begun(order, "Send", next);
}

const reset = (order: OrderModel, names: readonly Step[]) =>
  names.reduce((next, step) => set(next, step, "ready"), order);
const resets = { account: steps.slice(3), subjects: steps.slice(1), revision: steps, testers: [] };

function edited(order: OrderModel, edit: Edit, now: number): OrderModel {
  if (order.run || order.pending !== undefined) return order;
  if (edit.field === "form") return { ...order, formOpenUntil: now + 10 * minute };
  const saved: OrderModel = { ...order, formOpenUntil: undefined };
  const wake = (): OrderModel["sleep"] => order.sleep && { ...order.sleep, from: now, until: now };
  const isAsleep = order.sleep !== undefined && !order.sleep.scheduled;
  if (edit.field === "continuous")
    return { ...saved, continuous: edit.to, ...(isAsleep && order.continuous && !edit.to && { sleep: wake() }) };
  if (edit.field === "ends")
    return { ...saved, ends: edit.to, ...(isAsleep && edit.to < (order.sleep?.from ?? 0) && { sleep: wake() }) };
  // While Send sleeps, nothing changes that decides what is mailed.
  if (order.sleep) return edit.field === "testers" ? saved : { ...order, formOpenUntil: undefined };
  const published = order.published && edit.field !== "revision";
  return { ...reset(saved, resets[edit.field]), published };
}
