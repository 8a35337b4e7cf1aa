import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { ReachedSet } from "@email-agent/shared/adapters/deliveryReads.ts";
import type { Participants } from "@email-agent/shared/adapters/participants.ts";
import { type Runs, runTtl } from "@email-agent/shared/adapters/runs.ts";
import type { Chunk, Plan } from "@email-agent/shared/domain/delivery/run.ts";
import { notConfirmedReason } from "@email-agent/shared/domain/lifecycle/confirmedSize.ts";
import { invalidRecordsError, tooManyInvalid } from "@email-agent/shared/domain/recipients/invalidRecords.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { type Mailing, type PassKind, skipReason } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { configured } from "@email-agent/shared/run/loadMailing.ts";
import type { SelectedPeople } from "@email-agent/shared/run/selectedPeople.ts";
import type { StepRun } from "@email-agent/shared/run/stepRun.ts";
import { addReasons } from "./runCounters.ts";
import { isAmongConfirmed, roomIn } from "./sendCeiling.ts";

interface PlanPorts {
  readonly runs: Runs;
  readonly participants: Participants;
  readonly deliveries: Deliveries;
  readonly clock: Clock;
}

interface PlanOptions {
  readonly pass: PassKind;
  readonly chunkSize: number;
  /** Of a run for a selection: its people. */
  readonly selected?: SelectedPeople | undefined;
}

/** A sparse pool leaves few people on a page: pages are gathered until a chunk is full, but never more than these. */
const pagesAtOnce = 10;
/** A full megabyte of people would hold the event loop, and keep the first mail waiting until all their chunks are written. */
const pageItems = 250;
const segment = 0;

/** The plan of a run before its first page. */
export function newPlan(runId: string, fence: number, languages: readonly string[], now: number): Plan {
  return {
    runId,
    sk: "plan",
    segments: 1,
    cursors: Object.fromEntries(languages.map((code) => [`${code}#${segment}`, { done: false }])),
    nextNumber: Object.fromEntries(languages.map((code) => [code, 0])),
    nextRetryNumber: {},
    skipped: {},
    planned: {},
    added: {},
    before: {},
    lastIds: {},
    sentBefore: 0,
    fence,
    complete: false,
    ttl: runTtl(now),
  };
}

/**
 * Plans the languages in their order, on from `plan`: people page by page through the recipient filter,
 * those who are to be mailed into chunks of `chunkSize`, the chunks into the table, and only then the page into the plan.
 * So a coordinator that takes over goes on behind the last recorded page, and overwrites what an earlier one put beyond
 * it; none of that was ever issued. `onPlanned` gets the new plan and the chunks that may be issued from then on.
 */
export async function planRun(
  ports: PlanPorts,
  run: Pick<StepRun, "runId" | "signal" | "proveLease">,
  mailings: readonly Mailing[],
  options: PlanOptions,
  start: Plan,
  onPlanned: (plan: Plan, chunks: readonly Chunk[]) => void,
): Promise<void> {
  let plan = start;
  for (const mailing of mailings) {
    const language = mailing.language.code;
    if (cursorOf(plan, language).done) continue;
    const reached = await ports.deliveries.reached(mailing.mailingKey, run.signal);
    while (!cursorOf(plan, language).done) {
      const people = options.selected?.(language) ?? ports.participants;
      const read = await readPages(people, mailing, reached, options, plan, run.signal);
      const chunks = chunksOf(plan, language, read.ids, options.chunkSize);
      run.proveLease();
      await ports.runs.putChunks(chunks);
      plan = behindPages(plan, language, read, chunks.length);
      run.proveLease();
      await putPlan(ports.runs, plan);
      onPlanned(plan, chunks);
    }
  }
  if (plan.complete) return;
  for (const { language } of mailings) refuseManyInvalid(plan, language.code);
  plan = { ...plan, complete: true };
  await putPlan(ports.runs, plan);
  onPlanned(plan, []);
}

/** Judged once everybody was read: the plan is not complete before, so a coordinator that takes over judges it again. */
function refuseManyInvalid({ skipped, planned }: Plan, language: string): void {
  const reasons = skipped[language] ?? {};
  const invalid = reasons["invalid-record"] ?? 0;
  const read = Object.values(reasons).reduce((sum, people) => sum + people, planned[language] ?? 0);
  if (tooManyInvalid(invalid, read)) throw new AppError("configuration", invalidRecordsError(invalid, read));
}

export async function putPlan(runs: Runs, plan: Plan): Promise<void> {
  if (!(await runs.putPlan(plan)))
    throw new AppError("lease-lost", `The plan of run ${plan.runId} belongs to a later coordinator.`);
}

function cursorOf(plan: Plan, language: string): { lastKey?: string | undefined; done: boolean } {
  return plan.cursors[`${language}#${segment}`] ?? { done: false };
}

interface PagesRead {
  readonly ids: string[];
  readonly skipped: Record<string, number>;
  /** People to be mailed whose delivery had failed: the run takes their deliveries over. */
  readonly failedBefore: number;
  readonly next?: string;
}

async function readPages(
  participants: Pick<Participants, "page">,
  mailing: Mailing,
  reached: ReachedSet,
  { pass, chunkSize }: PlanOptions,
  plan: Plan,
  signal: AbortSignal,
): Promise<PagesRead> {
  const ids: string[] = [];
  const skipped: Record<string, number> = {};
  const { code } = mailing.language;
  const room = roomIn(plan);
  let failedBefore = 0;
  let after = cursorOf(plan, code).lastKey;
  for (let page = 0; page < pagesAtOnce && (page === 0 || ids.length < chunkSize); page += 1) {
    signal.throwIfAborted();
    const { participants: people, next } = await participants.page({
      segment,
      segments: 1,
      limit: pageItems,
      ...(after !== undefined && { after }),
    });
    for (const person of people) {
      const failedPermanently = reached.failedPermanently(person.id);
      const ledger = { reached: reached.has(person.id), failedPermanently };
      const isConfirmed = ids.length < room && isAmongConfirmed(plan, code, person.id);
      const reason = reasonOf(mailing, person, ledger, pass) ?? (isConfirmed ? undefined : notConfirmedReason);
      if (reason) skipped[reason] = (skipped[reason] ?? 0) + 1;
      else ids.push(person.id);
      if (!reason && reached.failed(person.id)) failedBefore += 1;
    }
    after = next;
    if (after === undefined) break;
  }
  return { ids, skipped, failedBefore, ...(after !== undefined && { next: after }) };
}

function reasonOf(
  mailing: Mailing,
  person: Participant,
  ledger: { reached: boolean; failedPermanently: boolean },
  pass: PassKind,
) {
  return configured(() => skipReason(mailing, person, ledger, pass));
}

function chunksOf(plan: Plan, language: string, ids: readonly string[], chunkSize: number): Chunk[] {
  const first = plan.nextNumber[language] ?? 0;
  const chunks: Chunk[] = [];
  for (let from = 0; from < ids.length; from += chunkSize)
    chunks.push(newChunk(plan, "chunk", language, first + chunks.length, ids.slice(from, from + chunkSize)));
  return chunks;
}

/** A chunk that is not issued yet. Its number has six digits, so that keys sort as numbers. */
export function newChunk(
  plan: Pick<Plan, "runId" | "fence" | "ttl">,
  kind: "chunk" | "retry",
  language: string,
  number: number,
  ids: readonly string[],
): Chunk {
  return {
    runId: plan.runId,
    sk: `${kind}#${language}#${String(number).padStart(6, "0")}`,
    language,
    ids: [...ids],
    status: "planned",
    fence: plan.fence,
    token: 0,
    losses: 0,
    skipped: {},
    retry: {},
    ttl: plan.ttl,
  };
}

function behindPages(plan: Plan, language: string, read: PagesRead, chunkCount: number): Plan {
  const cursor = read.next === undefined ? { done: true } : { lastKey: read.next, done: false };
  const before = plan.before[language];
  return {
    ...plan,
    cursors: { ...plan.cursors, [`${language}#${segment}`]: cursor },
    nextNumber: { ...plan.nextNumber, [language]: (plan.nextNumber[language] ?? 0) + chunkCount },
    planned: { ...plan.planned, [language]: (plan.planned[language] ?? 0) + read.ids.length },
    skipped: { ...plan.skipped, [language]: addReasons(plan.skipped[language] ?? {}, read.skipped) },
    ...(before && {
      before: { ...plan.before, [language]: { ...before, failed: Math.max(0, before.failed - read.failedBefore) } },
    }),
  };
}
