import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { Participants } from "@email-agent/shared/adapters/participants.ts";
import { compareIds } from "@email-agent/shared/domain/delivery/idOrder.ts";
import type { Plan } from "@email-agent/shared/domain/delivery/run.ts";
import { notConfirmedReason, toleranceOf } from "@email-agent/shared/domain/lifecycle/confirmedSize.ts";
import { commandOfRun, isWakeUpRun } from "@email-agent/shared/domain/lifecycle/passes.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import type { Mailing } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { Counters } from "@email-agent/shared/domain/workOrder.ts";
import { judgeEverybody } from "@email-agent/shared/run/judgeEverybody.ts";
import type { SelectedPeople } from "@email-agent/shared/run/selectedPeople.ts";
import type { StepRun } from "@email-agent/shared/run/stepRun.ts";

interface CeilingPorts {
  readonly participants: Pick<Participants, "pages">;
  readonly deliveries: Pick<Deliveries, "reached" | "standings">;
}

type Ceiling = Pick<Plan, "ceiling" | "lastIds" | "sentBefore">;

/**
 * What the number a user confirmed allows this run, counted before it plans anyone. As long as the eligible people are
 * about as many as confirmed, all of them may be mailed; are they more, exactly the confirmed number is, language by
 * language in the order of ids, so that the same people are left out however often the count is repeated. People who
 * become eligible while the run plans are limited by `ceiling` alone.
 */
export async function sendCeiling(
  ports: CeilingPorts,
  run: Pick<StepRun, "runId" | "order" | "signal">,
  mailings: readonly Mailing[],
  selected?: SelectedPeople,
): Promise<Ceiling> {
  const { confirmedRecipients: confirmed } = run.order.steps.Send;
  if (confirmed === undefined) return { lastIds: {}, sentBefore: 0 };
  const before = isWakeUpRun(run.runId) ? await earlierPasses(ports, run, mailings) : { sent: 0, over: 0 };
  const left = Math.max(0, confirmed - before.over);
  const firstIds = new Map(mailings.map(({ language }) => [language.code, smallestIds(left)]));
  const options = { pass: isWakeUpRun(run.runId) ? "wake-up" : "user-started", signal: run.signal, selected } as const;
  await judgeEverybody(ports, mailings, options, (person, { language }, reason) => {
    if (reason === undefined) firstIds.get(language.code)?.add(person.id);
  });
  const eligible = [...firstIds.values()].reduce((sum, { added }) => sum + added, 0);
  // All passes of a command share one tolerance.
  const most = Math.max(0, confirmed + toleranceOf(confirmed) - before.over);
  if (eligible <= most) return { ceiling: most, lastIds: {}, sentBefore: before.sent };
  return { ceiling: left, lastIds: lastIds(firstIds, left), sentBefore: before.sent };
}

/** Mails of earlier passes of the same command: those sent, and those that no later pass can mail any more. */
async function earlierPasses(
  { deliveries }: CeilingPorts,
  run: Pick<StepRun, "runId" | "signal">,
  mailings: readonly Mailing[],
): Promise<{ sent: number; over: number }> {
  const command = commandOfRun(run.runId);
  let [sent, over] = [0, 0];
  for (const { mailingKey } of mailings) {
    for await (const page of deliveries.standings(mailingKey, run.signal)) {
      for (const { runId, status, permanent } of page) {
        if (runId === run.runId || commandOfRun(runId) !== command) continue;
        if (status === "sent") sent += 1;
        if (status === "sent" || status === "in-doubt" || (status === "failed" && permanent)) over += 1;
      }
    }
  }
  return { sent, over };
}

function lastIds(firstIds: ReadonlyMap<string, SmallestIds>, left: number): Record<string, string> {
  const last: Record<string, string> = {};
  let room = left;
  for (const [language, ids] of firstIds) {
    if (ids.added > room) last[language] = room === 0 ? "" : (ids.sorted()[room - 1] as string);
    room = Math.max(0, room - ids.added);
  }
  return last;
}

interface SmallestIds {
  /** How many were added. */
  readonly added: number;
  add(id: string): void;
  sorted(): string[];
}

/** Keeps the `limit` smallest of many ids, in memory for at most twice as many. */
function smallestIds(limit: number): SmallestIds {
  let kept: string[] = [];
  let added = 0;
  const shorten = () => {
    kept = kept.sort(compareIds).slice(0, limit);
  };
  return {
    get added() {
      return added;
    },
    add(id) {
      added += 1;
      if (limit === 0) return;
      kept.push(id);
      if (kept.length >= 2 * limit + 1000) shorten();
    },
    sorted() {
      shorten();
      return kept;
    },
  };
}

/** How many more people the plan may take; infinite without a ceiling. */
export function roomIn(plan: Pick<Plan, "ceiling" | "planned">): number {
  if (plan.ceiling === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(0, plan.ceiling - Object.values(plan.planned).reduce((sum, people) => sum + people, 0));
}

/** True for a person whom the ceiling lets through by the order of ids. */
export function isAmongConfirmed({ lastIds }: Pick<Plan, "lastIds">, language: string, id: string): boolean {
  const last = lastIds[language];
  return last === undefined || compareIds(id, last) <= 0;
}

/** How many eligible people the ceiling left out of the run. */
function leftOutOf({ skipped }: Pick<Plan, "skipped">): number {
  return Object.values(skipped).reduce((sum, reasons) => sum + (reasons[notConfirmedReason] ?? 0), 0);
}

/**
 * How a Send ends that left eligible people out: what it sent of what was confirmed, and how to mail the rest. Undefined
 * if it left no one out.
 */
export function leftOutMessage(
  plan: Pick<Plan, "skipped" | "sentBefore">,
  thisRun: Counters,
  confirmed = 0,
): string | undefined {
  const leftOut = leftOutOf(plan);
  if (leftOut === 0) return undefined;
  const sent = plan.sentBefore + thisRun.sent;
  const notes = [
    [thisRun.failed, "failed"],
    [thisRun.inDoubt, "in doubt"],
    [thisRun.skipped, "skipped"],
  ] as const;
  const noted = notes.filter(([people]) => people > 0).map(([people, word]) => `, ${count(people)} ${word}`);
  // A person in two languages gets two mails: over several languages mails are counted, not people.
  const [one, many] = Object.keys(plan.skipped).length > 1 ? ["mail is", "mails are"] : ["person is", "people are"];
  const rest = `${count(leftOut)} more ${leftOut === 1 ? one : many} eligible since the Dry-Run`;
  const asConfirmed = sent === confirmed ? "as confirmed" : `of ${count(confirmed)} confirmed`;
  return `${count(sent)} sent ${asConfirmed}${noted.join("")}. ${rest}: press Start to see them.`;
}
