import type { MailSelections } from "@email-agent/shared/adapters/mailSelections.ts";
import type { Participants } from "@email-agent/shared/adapters/participants.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { Plan } from "@email-agent/shared/domain/delivery/run.ts";
import { runEndLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { isWakeUpRun } from "@email-agent/shared/domain/lifecycle/passes.ts";
import { isCovered, type UnsettledRuns } from "@email-agent/shared/domain/lifecycle/settlement.ts";
import { settledByRun } from "@email-agent/shared/domain/lifecycle/settlementWrites.ts";
import type { Mailing, PassKind } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { heartbeatWatch } from "@email-agent/shared/run/heartbeatWatch.ts";
import { type SelectedPeople, selectedPeople } from "@email-agent/shared/run/selectedPeople.ts";
import type { StepRun } from "@email-agent/shared/run/stepRun.ts";
import type { RunContent } from "../content/loadRunContent.ts";
import type { AccountLimiter } from "../limits/accountLimiter.ts";
import type { GroupState } from "../limits/receivers.ts";
import type { SendLimits } from "../sendLimits.ts";
import { type ChunkRegistry, chunkRegistry } from "./chunkRegistry.ts";
import type { Supervision, SupervisionPorts } from "./issueChunks.ts";
import { newPlan, putPlan } from "./planRun.ts";
import { type RetrySchedule, retrySchedule } from "./retrySchedule.ts";
import { settledCounters, sumCounters } from "./runCounters.ts";
import { sendCeiling } from "./sendCeiling.ts";

interface SendRunPorts extends SupervisionPorts {
  readonly orders: Pick<WorkOrderStore, "write">;
  readonly limiter: Pick<AccountLimiter, "groupStates">;
  readonly selections: Pick<MailSelections, "get" | "people">;
}

/** What the coordinator knows of its run of Send. */
export interface SendRun extends Supervision {
  readonly ports: SendRunPorts;
  readonly run: StepRun;
  readonly content: RunContent;
  readonly mailings: readonly Mailing[];
  readonly pass: PassKind;
  /** Of a run for a selection: its people. */
  readonly selected: SelectedPeople | undefined;
  /** As last recorded. */
  plan: Plan;
  /** The first pause of the account behind which no mail had an outcome, and how many had one before it. */
  pausedSince?: { readonly at: string; readonly handled: number };
  /** How often people without any outcome were planned once more. */
  looksAgain: number;
  /** Receiving domain groups for which people wait, as last read at `groupsReadAt` (monotonic milliseconds). */
  readonly groups: Map<string, GroupState>;
  groupsReadAt: number;
}

/**
 * Most chunks issued at a time: two for each connection, so that none idles while a chunk ends, but not more than a slow
 * account has use for: a chunk that waits for its rate slot occupies its worker.
 */
export function chunksAtOnce({
  maxConnections,
  ratePerSecond,
}: Pick<RunContent["account"], "maxConnections" | "ratePerSecond">): number {
  return 2 * Math.min(maxConnections, Math.ceil(ratePerSecond));
}

const chunkSeconds = 60;

/**
 * People per chunk: what the account sends in a minute, or `most`. People who are deferred in a chunk are tried again when it
 * is done, and a chunk of a hundred people would block an account of one mail an hour for days.
 */
export function chunkSizeFor({ ratePerSecond }: Pick<RunContent["account"], "ratePerSecond">, most: number): number {
  return Math.min(most, Math.max(1, Math.ceil(ratePerSecond * chunkSeconds)));
}

/** Retries within this share of the first wait go together. */
const gridShare = 1 / 12;

/**
 * Opens a run, new or taken over. A new one first settles what earlier runs left `sending`, for none of their workers
 * goes on. One that was begun goes on with the plan and the chunks in the table; chunks with live workers are left alone.
 */
export async function openSendRun(
  ports: SendRunPorts & { readonly participants: Pick<Participants, "pages" | "getMany"> },
  run: StepRun,
  content: RunContent,
  limits: SendLimits,
): Promise<SendRun> {
  const mailings = [...content.languages.values()].map(({ mailing }) => mailing);
  const keys = new Map(mailings.map(({ language, mailingKey }) => [language.code, mailingKey]));
  const selected = await selectionOf(ports, run);
  const known = await ports.runs.plan(run.runId);
  const plan = known ? { ...known, fence: run.token } : await beginPlan(ports, run, mailings, selected);
  run.proveLease();
  await closeEarlierRuns(ports, run, [...keys.values()], known ? undefined : plan);
  await putPlan(ports.runs, plan);
  const { sendUntil } = run.order;
  const until = sendUntil === undefined ? undefined : epochMilliseconds(sendUntil);
  const width = chunksAtOnce(content.account);
  const sendRun: SendRun = {
    ports,
    run,
    limits,
    content,
    mailings,
    looksAgain: 0,
    groups: new Map(),
    groupsReadAt: Number.NEGATIVE_INFINITY,
    selected,
    pass: isWakeUpRun(run.runId) ? "wake-up" : "user-started",
    plan,
    registry: chunkRegistry(until),
    watch: heartbeatWatch(ports.clock, limits.takeOverMilliseconds / 2),
    retries: retrySchedule(Math.max(1, (limits.retryMilliseconds[0] ?? 0) * gridShare), until),
    partitionOf: (language) => keys.get(language) as string,
    width,
    pace: width,
  };
  if (known) sendRun.plan = await readChunks(ports, plan, sendRun.registry, sendRun.retries);
  return sendRun;
}

async function beginPlan(
  ports: Parameters<typeof openSendRun>[0],
  run: StepRun,
  mailings: readonly Mailing[],
  selected: SelectedPeople | undefined,
): Promise<Plan> {
  const { deliveries, clock } = ports;
  const languages = mailings.map(({ language }) => language.code);
  const plan = newPlan(run.runId, run.token, languages, clock.now());
  const before: Plan["before"] = {};
  for (const { language, mailingKey } of mailings) {
    let counts = await deliveries.count(mailingKey, run.signal);
    if (counts.sending > 0) {
      const of = { notRunId: run.runId };
      const settled = await deliveries.settleAbandoned(mailingKey, of, instant(clock.now()), run.signal);
      if (settled > 0) ports.metrics.count("SendInDoubt", settled, { account: run.order.account });
      if (settled > 0) run.log.warn({ settled, language: language.code }, "claims of earlier runs became in-doubt");
      counts = await deliveries.count(mailingKey, run.signal);
    }
    const { sent, failed, inDoubt } = counts;
    before[language.code] = { sent, failed, inDoubt, skipped: 0, total: sent + failed + inDoubt };
  }
  const { everyone = {} } = run.order.steps.Send;
  return { ...plan, before, ...(selected && { everyone }), ...(await sendCeiling(ports, run, mailings, selected)) };
}

/** The people to whom the run is limited; undefined for a run for everyone. */
async function selectionOf(
  { selections, participants }: Parameters<typeof openSendRun>[0],
  { order }: StepRun,
): Promise<SelectedPeople | undefined> {
  const { selection } = order.steps.Send;
  if (selection === undefined) return undefined;
  if (!(await selections.get(selection)))
    throw new AppError("configuration", "The selection of mails for this Send is gone. Select them again.");
  return selectedPeople(participants, await selections.people(selection));
}

/**
 * What earlier runs left in the partitions of this one is settled: their settlement is over. Their lines in the audit get
 * the numbers with which this run begins.
 */
async function closeEarlierRuns(
  { orders }: SendRunPorts,
  { order, runId, token }: StepRun,
  partitions: readonly string[],
  begun: Plan | undefined,
): Promise<void> {
  let left: UnsettledRuns = order.unsettled ?? {};
  for (const [earlier, ended] of Object.entries(left)) {
    if (!isCovered(ended, partitions)) continue;
    left = Object.fromEntries(Object.entries(left).filter(([id]) => id !== earlier));
    const reached = sumCounters(Object.values(begun?.before ?? {}));
    const counters = begun && !ended.keepsLine && ended.counters && settledCounters(ended.counters, reached);
    const endedAt = epochMilliseconds(ended.endedAt);
    const line =
      counters && runEndLine(order.id, { runId: earlier, step: ended.step }, ended.status, counters, endedAt);
    const write = settledByRun({ step: "Send", runId, token }, left);
    if (!(await orders.write(order.id, write, { heartbeat: true, ...(line && { audit: line, replacesLine: true }) })))
      throw new AppError("lease-lost", `Run ${runId} of Send was taken over or has ended.`);
  }
}

/** The state of an earlier coordinator's chunks. What it planned beyond the last recorded page does not count. */
async function readChunks(
  { runs }: SupervisionPorts,
  plan: Plan,
  registry: ChunkRegistry,
  retries: RetrySchedule,
): Promise<Plan> {
  const nextRetryNumber = { ...plan.nextRetryNumber };
  for await (const page of runs.list(plan.runId)) {
    for (const chunk of page) {
      const { sk, language, status } = chunk;
      const number = Number(sk.slice(sk.lastIndexOf("#") + 1));
      if (sk.startsWith("retry#")) {
        retries.remove(language, chunk.ids);
        nextRetryNumber[language] = Math.max(nextRetryNumber[language] ?? 0, number + 1);
      } else if (number >= (plan.nextNumber[language] ?? 0)) continue;
      if (status === "failed") throw new Error(`Chunk ${sk} failed: ${chunk.reason ?? "no reason given"}`);
      if (status === "issued") registry.issue(chunk);
      if (status === "planned") registry.plan(chunk);
      if (status !== "done") continue;
      registry.close(chunk);
      retries.add(language, chunk.retry, chunk.limited);
    }
  }
  return { ...plan, nextRetryNumber };
}
