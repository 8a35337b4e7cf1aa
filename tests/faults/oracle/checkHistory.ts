import { isDeepStrictEqual } from "node:util";
import type { AuditLine } from "@email-agent/shared/adapters/audit.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { auditAct } from "@email-agent/shared/domain/lifecycle/auditActs.ts";
import { endedRun } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { commandOfRun } from "@email-agent/shared/domain/lifecycle/passes.ts";
import { isStepName, type StepName, stepNames, stepsWhere } from "@email-agent/shared/domain/steps.ts";
import type { Counters, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";

/** What is left of a scenario after its end. */
export interface History {
  readonly order: WorkOrder;
  readonly audit: readonly AuditLine[];
  /** The deliveries of the order as they are now. */
  readonly ledger: readonly Delivery[];
  /** States of the order that were published, in any order, some of them twice or not at all. */
  readonly published?: readonly Pick<WorkOrder, "version" | "steps" | "fence">[];
  /** For each person the states their delivery had, one after the other, none left out. */
  readonly deliveries?: readonly (readonly Delivery[])[];
  /** The clock was set back: times cannot be compared. */
  readonly clockJumped?: boolean;
}

/** How far the clocks of two hosts are apart, and how long a stop takes to be known everywhere. */
const [clocksApartMilliseconds, stopMilliseconds] = [500, 2000];

interface JudgedCommand {
  readonly id: string;
  readonly step: string;
  readonly action: string;
  readonly outcome: string;
  readonly runId?: string | undefined;
  readonly at: number;
}

interface EndOfRun {
  readonly runId: string;
  readonly step: string;
  readonly status: string;
  readonly counters?: Counters | undefined;
  readonly at: number;
}

interface Facts extends History {
  readonly commands: readonly JudgedCommand[];
  /** Accepted commands that begin a run, by id. */
  readonly starts: ReadonlyMap<string, JudgedCommand>;
  readonly ends: readonly EndOfRun[];
}

/**
 * Explains the history of a work order from nothing but what is stored, in the manner of a linearizability checker: returns
 * one sentence for each thing that no sequence of commands, runs and faults explains.
 */
export function checkHistory(history: History): string[] {
  const facts = factsOf(history);
  return Object.values(rules).flatMap((rule) => rule(facts));
}

const rules: Readonly<Record<string, (facts: Facts) => string[]>> = {
  judgements,
  startsAndEnds,
  published,
  claims,
  attempts,
  resets,
  numbers,
};

function factsOf(history: History): Facts {
  const acts = history.audit.map((line) => ({ line, act: auditAct(line), at: Date.parse(line.at) }));
  const commands = acts.flatMap(({ line, act, at }) =>
    act?.what === "command" ? [{ ...act.data, id: line.sk.slice("C#".length), at }] : [],
  );
  const begins = commands.filter(({ action, outcome }) => outcome === "accepted" && action !== "stop");
  const ends = acts.flatMap(({ line, act, at }) => {
    const run = endedRun(line);
    return run && act?.what === "run ended" ? [{ ...act.data, ...run, at }] : [];
  });
  return { ...history, commands, starts: new Map(begins.map((command) => [command.id, command])), ends };
}

/** Each command has one judgement: what the order says of the last is what its line says, and its run is its own. */
function judgements({ order, commands, ends }: Facts): string[] {
  const violations: string[] = [];
  const { lastCommand } = order;
  const line = commands.find(({ id }) => id === lastCommand?.id);
  if (lastCommand && line?.outcome !== lastCommand.outcome)
    violations.push(`Command ${lastCommand.id} is ${lastCommand.outcome}, its line says ${line?.outcome}.`);
  for (const { id, action, outcome, runId, step } of commands) {
    if (outcome !== "accepted") continue;
    if (action !== "stop" && runId !== id) violations.push(`${action} ${step} ${id} began the run ${runId}.`);
    if (action === "stop" && !ends.some((end) => end.runId === runId && end.status === "interrupted"))
      violations.push(`Stop ${id} was accepted, and the run ${runId} of ${step} did not end by it.`);
  }
  return violations;
}

/** Each run has one start, and one end behind it, unless it goes on or a later start took the place of its sleep. */
function startsAndEnds({ order, commands, starts, ends, clockJumped }: Facts): string[] {
  const violations: string[] = [];
  for (const { runId, step, status, at } of ends) {
    const start = commands.find(({ id }) => id === commandOfRun(runId));
    const isRefused = start?.outcome === "rejected" && status === "error";
    if (start?.step !== step || !(isRefused || starts.has(start.id)))
      violations.push(`Run ${runId} of ${step} ended and was never started.`);
    else if (!clockJumped && at < start.at - clocksApartMilliseconds)
      violations.push(`Run ${runId} of ${step} ended before it was started.`);
    if (ends.find((end) => commandOfRun(end.runId) === commandOfRun(runId) && end.step === step)?.runId !== runId)
      violations.push(`Run ${commandOfRun(runId)} of ${step} ended twice.`);
  }
  for (const { id, step, at } of starts.values()) {
    if (ends.some((end) => commandOfRun(end.runId) === id) || !isStepName(step)) continue;
    const { status, runId = "", nextRunId = "" } = order.steps[step];
    const goesOn = ["working", "sleeping"].includes(status) && [runId, nextRunId].map(commandOfRun).includes(id);
    const others = [...starts.values()].filter((other) => other.step === step && other.id !== id);
    const isReplaced = others.some((other) => clockJumped || other.at >= at);
    if (!goesOn && !isReplaced) violations.push(`Run ${id} of ${step} has no end.`);
  }
  return violations;
}

const busy: readonly string[] = ["working", "sleeping"];

/** A step at rest is left by a start, a schedule or a reset only. */
function mayFollow(before: string, after: string): boolean {
  return before === after || busy.includes(before) || [...busy, "ready", "error"].includes(after);
}

/** Versions rise by one, each has one content, tokens never fall, and each step goes from status to status as it may. */
function published({ published: states = [], order }: Facts): string[] {
  const violations: string[] = [];
  const inOrder = [...states].sort((one, other) => one.version - other.version);
  for (const [at, state] of inOrder.entries()) {
    const before = inOrder[at - 1];
    if (state.version > order.version) violations.push(`Version ${state.version} was published and is lost.`);
    if (!before) continue;
    if (state.fence < before.fence) violations.push(`The token fell from ${before.fence} to ${state.fence}.`);
    if (state.version === before.version && !isDeepStrictEqual(state.steps, before.steps))
      violations.push(`Version ${state.version} has two contents.`);
    if (state.version !== before.version + 1) continue;
    for (const step of stepNames) {
      const [from, to] = [before.steps[step].status, state.steps[step].status];
      if (!mayFollow(from, to)) violations.push(`${step} went from ${from} to ${to} in version ${state.version}.`);
    }
  }
  return violations;
}

/** No person is claimed by a run that was never started, before its start, or after its end or stop took effect. */
function claims({ order, ledger, starts, ends, clockJumped }: Facts): string[] {
  return ledger.flatMap(({ participantId, runId, workOrderId, sendingAt }) => {
    if (workOrderId !== order.id) return [];
    const start = starts.get(commandOfRun(runId));
    if (!start) return [`${participantId} was claimed by the run ${runId}, which was never started.`];
    if (clockJumped) return [];
    const at = Date.parse(sendingAt);
    if (at < start.at - clocksApartMilliseconds) return [`${participantId} was claimed before the run ${runId} began.`];
    const end = ends.find((one) => one.runId === runId && one.step === start.step);
    const late = end ? at - end.at : 0;
    return late > stopMilliseconds ? [`${participantId} was claimed ${late} ms after the run ${runId} ended.`] : [];
  });
}

const final: readonly string[] = ["sent", "in-doubt"];

/** A claim counts one attempt more; what reached a person, or may have, is never claimed again without a resolution. */
function attempts({ deliveries = [] }: Facts): string[] {
  return deliveries.flatMap((states) =>
    states.flatMap((state, at) => {
      const before = states[at - 1];
      const isClaim = state.status === "sending" && state.claimId !== before?.claimId;
      if (!before) return [];
      const who = `${state.participantId}, attempt ${state.attempt} of ${state.runId}`;
      const violations: string[] = [];
      if (isClaim && final.includes(before.status)) violations.push(`${who}: claimed although ${before.status}.`);
      if (isClaim && before.status === "sending") violations.push(`${who}: claimed twice.`);
      if (isClaim && before.status === "failed" && before.runId === state.runId)
        violations.push(`${who}: claimed again by the run that failed.`);
      if (isClaim && before.runId === state.runId && state.attempt !== before.attempt + 1)
        violations.push(`${who}: follows attempt ${before.attempt}.`);
      if (!isClaim && state.status === "sending" && before.status !== "sending")
        violations.push(`${who}: went from ${before.status} back to sending.`);
      if (
        before.status === "in-doubt" &&
        state.status === "deferred" &&
        state.claimId === undefined &&
        !state.resolvedBy
      )
        violations.push(`${who}: no user resolved it.`);
      return violations;
    }),
  );
}

/** A step that ended goes back to ready only by an edit, by the settings, or by new content. */
function resets({ order, audit, ends, clockJumped }: Facts): string[] {
  const acts = audit.flatMap((line) => {
    const act = auditAct(line);
    const names = act?.what === "edited" || act?.what === "reset by settings" ? act.data.reset : undefined;
    return names ? [{ names, at: Date.parse(line.at) }] : [];
  });
  const afterPrepare: readonly string[] = stepsWhere(({ content }) => content === "uses");
  return stepNames.flatMap((step) => {
    const end = ends.find((one) => one.step === step && one.runId === order.steps[step].runId);
    if (order.steps[step].status !== "ready" || !end) return [];
    const since = (at: number) => clockJumped || at >= end.at - clocksApartMilliseconds;
    const isEdited = acts.some(({ names, at }) => names.includes(step) && since(at));
    const prepared = ends.some((one) => one.step === "Prepare" && one.status === "complete" && since(one.at));
    return isEdited || (prepared && afterPrepare.includes(step))
      ? []
      : [`${step} is ready again, and nothing reset it.`];
  });
}

const mailing: readonly string[] = stepsWhere(({ mails }) => mails !== undefined);

/** What a run says at its end adds up, and is what its step says. */
function numbers({ order, ends }: Facts): string[] {
  return ends.flatMap(({ runId, step, status, counters }) => {
    if (!counters || !mailing.includes(step)) return [];
    const { total, sent, failed, skipped, inDoubt } = counters;
    const handled = sent + failed + skipped + inDoubt;
    const said = `The line of run ${runId} says ${JSON.stringify(counters)}`;
    const record = order.steps[step as StepName];
    const isShown = record.runId === runId && record.status === status && order.unsettled === undefined;
    return [
      ...((status === "complete" ? handled !== total : handled > total) ? [`${said}, which does not add up.`] : []),
      ...(isShown && !isDeepStrictEqual(record.counters, counters)
        ? [`${said}, its step ${JSON.stringify(record.counters)}.`]
        : []),
    ];
  });
}
