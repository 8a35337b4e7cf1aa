import { isErased, isErasedLine } from "@email-agent/shared/domain/delivery/erasure.ts";
import { busyStep } from "@email-agent/shared/domain/lifecycle/busyStep.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { Temporal } from "temporal-polyfill";
import type { Manager } from "../manager.ts";
import { type KeptLists, keptLists } from "./keptLists.ts";

export type RetentionPorts = Pick<
  Manager,
  | "orders"
  | "audit"
  | "configTable"
  | "deliveries"
  | "dryRunRecipients"
  | "erasures"
  | "sweepState"
  | "reportBadItem"
  | "clock"
  | "log"
>;

/** A process that died frees the sweep after this time; one that works renews it. */
const holdMilliseconds = 10 * 60_000;

/**
 * One round of the retention: on deliveries and lines of Dry-Runs that ended more than `retentionMonths` (a setting) ago name,
 * address and reply are erased, as when a person is forgotten. Rows and numbers stay. Orders whose Send works, sleeps or is not
 * settled are left alone, and so are mailings with mails in doubt: to resolve those one must know whom and what the server said.
 *
 * One process at a time, by a conditional write. It may end at any line: the next round goes on with the orders that have no
 * mark. Memory is flat: rows are read and erased page by page.
 *
 * @param holder names this process
 */
export async function keepForMonths(ports: RetentionPorts, holder: string, signal: AbortSignal): Promise<void> {
  const { retentionMonths } = await ports.configTable.settings();
  if (retentionMonths === 0 || !(await hold(ports, holder))) return;
  const until = monthsBefore(ports.clock.now(), retentionMonths);
  const marks = await ports.sweepState.retentionMarks();
  const onBadItem = (error: unknown) =>
    ports.reportBadItem(error, "the retention leaves out a work order that cannot be read");
  for await (const lists of keptLists(ports, onBadItem)) {
    signal.throwIfAborted();
    const { workOrderId, order } = lists;
    const version = order?.version ?? 0;
    const mark = marks.get(workOrderId);
    if (mark?.version === version && !(mark.oldestKept !== undefined && mark.oldestKept <= until)) continue;
    if (order && (busyStep(order) !== undefined || order.unsettled !== undefined)) continue;
    const round: Round = { ports, until, signal, stillHeld: () => hold(ports, holder), erased: 0, isWhole: true };
    if (!(await eraseOld(round, lists))) return;
    if (round.erased > 0) ports.log.info({ workOrderId, erased: round.erased }, "old deliveries were erased");
    if (round.isWhole)
      await ports.sweepState.putRetentionMark(workOrderId, {
        version,
        ...(round.oldestKept !== undefined && { oldestKept: round.oldestKept }),
      });
  }
}

interface Round {
  readonly ports: RetentionPorts;
  readonly until: string;
  readonly signal: AbortSignal;
  readonly stillHeld: () => Promise<boolean>;
  erased: number;
  /** When the oldest row that stays ended. */
  oldestKept?: string;
  /** False once something was left that a later round must look at. */
  isWhole: boolean;
}

/** False if another process holds the sweep by now. */
async function eraseOld(round: Round, { mailings, tests, dryRuns }: KeptLists): Promise<boolean> {
  for (const partition of [...mailings, ...tests]) if (!(await eraseDeliveries(round, partition))) return false;
  for (const { runId, language } of dryRuns) {
    for await (const page of round.ports.dryRunRecipients.pages(runId, language, round.signal)) {
      for (const { at } of page) if (at > round.until) keep(round, at);
      const old = page.filter((line) => line.at <= round.until && !isErasedLine(line));
      round.erased += (await round.ports.erasures.dryRunLines(old)).filter(Boolean).length;
      if (!(await round.stillHeld())) return false;
    }
  }
  return true;
}

async function eraseDeliveries(round: Round, partition: string): Promise<boolean> {
  const { ports, until, signal } = round;
  let isAnyOld = false;
  for await (const page of ports.deliveries.standings(partition, signal)) {
    // What is being sent or in doubt keeps the whole mailing as it is.
    if (page.some(({ status }) => status === "sending" || status === "in-doubt")) {
      round.isWhole = false;
      return true;
    }
    for (const { endedAt } of page) {
      if (endedAt !== undefined && endedAt > until) keep(round, endedAt);
      else isAnyOld = true;
    }
  }
  if (!isAnyOld) return true;
  for await (const page of ports.deliveries.all(partition, signal)) {
    const old = page.filter((one) => (one.endedAt ?? one.sendingAt) <= until && !isErased(one));
    const results = await ports.erasures.deliveries(old, until);
    round.erased += results.filter(Boolean).length;
    if (results.includes(false)) round.isWhole = false;
    if (!(await round.stillHeld())) return false;
  }
  return true;
}

function keep(round: Round, endedAt: string): void {
  if (round.oldestKept === undefined || endedAt < round.oldestKept) round.oldestKept = endedAt;
}

function hold({ sweepState, clock }: RetentionPorts, holder: string): Promise<boolean> {
  const now = clock.now();
  return sweepState.hold("retention", holder, instant(now), instant(now + holdMilliseconds));
}

/** The same time of day that many calendar months before, in UTC: a month before 31 March is the last of February. */
function monthsBefore(now: number, months: number): string {
  const { epochMilliseconds: at } = Temporal.Instant.fromEpochMilliseconds(now)
    .toZonedDateTimeISO("UTC")
    .subtract({ months });
  return instant(at);
}
