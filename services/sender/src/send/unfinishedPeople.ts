import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { compareIds } from "@email-agent/shared/domain/delivery/idOrder.ts";
import type { Chunk } from "@email-agent/shared/domain/delivery/run.ts";
import { type IdSet, idSet } from "@email-agent/shared/domain/recipients/idSet.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { LedgerCount } from "./countLedger.ts";
import { addReasons, countReasons, handledPeople, nothingHandled } from "./runCounters.ts";
import type { SendRun } from "./sendRun.ts";

/** What remains to be done in one language before its numbers add up. */
export interface Unfinished {
  /** People to be tried again: participant id → instant of the next attempt. */
  readonly people: Readonly<Record<string, string>>;
  /** Those of them who are in no chunk yet, and how many of these count in the plan from now on. */
  readonly added: readonly string[];
  readonly unplanned: number;
  /** How many wait and are in no chunk, but may not be planned: the run has no room for them. */
  readonly beyondRoom: number;
  /** True if they were found nowhere: neither in the ledger nor among the skipped. */
  readonly wereMissing: boolean;
  /** People a chunk skipped whom another worker of the run had mailed: reason → people. The ledger is right. */
  readonly skippedAndMailed: Readonly<Record<string, number>>;
}

/** Their ids are kept in the plan until they are in a chunk; the next look finds the others. */
const addedAtOnce = 1000;

const allFinished: Unfinished = {
  people: {},
  added: [],
  unplanned: 0,
  beyondRoom: 0,
  wereMissing: false,
  skippedAndMailed: {},
};

/**
 * Compares one language of a pass that ran to its end with the equation planned = sent + failed + skipped + in doubt.
 * While it holds and no one is deferred, nothing is read. Otherwise the chunks are read page by page, and, only if someone
 * is missing, each of their people in the ledger. `room`: how many more people may be planned.
 */
export async function unfinishedPeople(
  sendRun: SendRun,
  language: string,
  count: LedgerCount,
  room: number,
): Promise<Unfinished> {
  const { run, plan, registry, selected } = sendRun;
  const waiting = deferredSince(run, count);
  const thisRun = count.byRun.get(run.runId) ?? nothingHandled;
  const handled = handledPeople({ ...thisRun, skipped: registry.sum(language).skipped });
  const planned = plan.planned[language] ?? 0;
  if (waiting.size === 0 && handled === planned) return allFinished;
  const skipped = idSet();
  const known = new Set<string>();
  for await (const { ids, skipped: reasons } of chunksOf(sendRun, language)) {
    for (const id of Object.keys(reasons)) skipped.add(id);
    for (const id of ids) if (waiting.has(id)) known.add(id);
  }
  const free = [...waiting.keys()].filter((id) => !skipped.has(id));
  // A coordinator that was lost has counted them, and put them into no chunk.
  const counted = new Set(plan.added[language]);
  // Others whom an earlier run deferred meanwhile are not part of a selection.
  const inNoChunk = selected ? [] : free.filter((id) => !known.has(id)).sort(compareIds);
  const unplanned = inNoChunk.filter((id) => !counted.has(id)).slice(0, Math.min(room, addedAtOnce));
  const added = [...inNoChunk.filter((id) => counted.has(id)), ...unplanned];
  const again = [...free.filter((id) => known.has(id)), ...added];
  const people = Object.fromEntries(again.map((id) => [id, waiting.get(id) as string]));
  if (again.length > 0) return { ...allFinished, people, added, unplanned: unplanned.length };
  const beyondRoom = inNoChunk.length;
  if (handled < planned)
    return { ...allFinished, beyondRoom, people: await missing(sendRun, language, skipped), wereMissing: true };
  if (handled > planned)
    return { ...allFinished, beyondRoom, skippedAndMailed: await skippedAndMailed(sendRun, language) };
  return { ...allFinished, beyondRoom };
}

/** Whom this run deferred, and whom others deferred since it began: participant id → instant of the next attempt. */
function deferredSince({ runId, order }: SendRun["run"], { deferred }: LedgerCount): Map<string, string> {
  const startedAt = order.steps.Send.startedAt ?? "";
  const since = deferred.filter(
    (one) => one.runId === runId || (one.endedAt !== undefined && one.endedAt >= startedAt),
  );
  return new Map(
    since.map(({ participantId, nextAttemptAt, endedAt }) => [participantId, nextAttemptAt ?? endedAt ?? startedAt]),
  );
}

/** Every chunk of a language that was issued; what a coordinator put beyond its last recorded page does not count. */
async function* chunksOf({ ports, run, plan }: SendRun, language: string): AsyncIterable<Chunk> {
  const next = plan.nextNumber[language] ?? 0;
  for await (const page of ports.runs.list(run.runId)) {
    for (const chunk of page) {
      const number = Number(chunk.sk.slice(chunk.sk.lastIndexOf("#") + 1));
      if (chunk.language === language && (chunk.sk.startsWith("retry#") || number < next)) yield chunk;
    }
  }
}

const finished: readonly Delivery["status"][] = ["sent", "failed", "in-doubt"];

/** People of the chunks who have no outcome in this run and were not skipped. */
async function missing(sendRun: SendRun, language: string, skipped: IdSet): Promise<Record<string, string>> {
  const { ports, run, partitionOf } = sendRun;
  const now = instant(ports.clock.now());
  const people: Record<string, string> = {};
  for await (const { ids } of chunksOf(sendRun, language)) {
    run.signal.throwIfAborted();
    const expected = ids.filter((id) => !skipped.has(id));
    if (expected.length === 0) continue;
    const found = await ports.deliveries.getMany(partitionOf(language), expected);
    for (const id of expected) {
      const delivery = found.get(id);
      if (delivery?.runId !== run.runId || !finished.includes(delivery.status)) people[id] = now;
    }
  }
  return people;
}

async function skippedAndMailed(sendRun: SendRun, language: string): Promise<Record<string, number>> {
  const { ports, run, partitionOf } = sendRun;
  let twice: Record<string, number> = {};
  for await (const { skipped } of chunksOf(sendRun, language)) {
    run.signal.throwIfAborted();
    const ids = Object.keys(skipped);
    if (ids.length === 0) continue;
    const found = await ports.deliveries.getMany(partitionOf(language), ids);
    const mailed = Object.entries(skipped).filter(([id]) => {
      const delivery = found.get(id);
      return delivery?.runId === run.runId && finished.includes(delivery.status);
    });
    twice = addReasons(twice, countReasons(Object.fromEntries(mailed)));
  }
  return twice;
}
