import type { Chunk } from "@email-agent/shared/domain/delivery/run.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { historyLine } from "../../services/manager/src/server/sending/auditWords.ts";
import type { portsOf } from "../ops/ports.ts";
import type { Entry } from "./entry.ts";

type Ports = ReturnType<typeof portsOf>;

/** What the order itself says: when it was made and archived. */
export function orderEntries({ createdAt, createdBy, archivedAt, archivedBy }: WorkOrder): Entry[] {
  return [
    { at: createdAt, source: "order", text: `Created (${createdBy})` },
    ...(archivedAt
      ? [{ at: archivedAt, source: "order" as const, text: `Archived (${archivedBy ?? "unknown"})` }]
      : []),
  ];
}

/** Everything in the audit under this id: commands with their judgement, ends of runs with numbers, what users did. */
export async function auditEntries({ audit }: Ports, id: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const line of audit.lines(id)) {
    const { at, by, what, details } = historyLine(line, (userId) => userId);
    const { outcome, runId } = line.data ?? {};
    const facts = [
      ...(typeof outcome === "string" && outcome !== "accepted" ? [outcome] : []),
      ...details,
      ...(typeof runId === "string" && outcome === "accepted" ? [`run ${runId}`] : []),
    ];
    const text = `${what}${by ? ` (${by})` : ""}${facts.length > 0 ? `: ${facts.join("; ")}` : ""}`;
    entries.push({ at, source: "audit", text, ...(isBad(line.data) && { level: "error" }) });
  }
  return entries;
}

function isBad(data: Readonly<Record<string, unknown>> | undefined): boolean {
  return data?.["status"] === "error" || data?.["status"] === "exception";
}

/** Ids of the runs of Send, oldest first: those that ended, and the last one. */
export async function sendRuns({ audit }: Ports, { id, steps }: WorkOrder): Promise<string[]> {
  const found = new Set<string>();
  for await (const { sk, data } of audit.lines(id, "E"))
    if (data?.["step"] === "Send") found.add(sk.slice("E#".length, sk.lastIndexOf("#")));
  for await (const { data } of audit.lines(id, "C"))
    if (data?.["step"] === "Send" && typeof data["runId"] === "string") found.add(data["runId"]);
  if (steps.Send.runId !== undefined) found.add(steps.Send.runId);
  return [...found].sort();
}

interface RunTally {
  chunks: number;
  done: number;
  losses: number;
  readonly workers: Set<string>;
  readonly returned: Map<string, number>;
  begin: string | undefined;
  end: string | undefined;
}

/** The planning of a run of Send, and its chunks: when the first began and the last ended, by how many workers, what came back. */
export async function runEntries({ runs }: Ports, runId: string): Promise<Entry[]> {
  const plan = await runs.plan(runId);
  if (!plan) return [];
  const tally: RunTally = {
    ...{ chunks: 0, done: 0, losses: 0, workers: new Set(), returned: new Map(), begin: undefined, end: undefined },
  };
  for await (const page of runs.list(runId)) for (const chunk of page) count(tally, chunk);
  const people = Object.entries(plan.planned).map(([language, number]) => `${language} ${number}`);
  const planned = `run ${runId}: ${people.join(", ") || "no one"} planned in ${tally.chunks} chunks`;
  return [
    ...(tally.begin ? [{ at: tally.begin, source: "run" as const, text: `${planned}; the first begins` }] : []),
    ...(tally.end ? [{ at: tally.end, source: "run" as const, text: endText(runId, tally) }] : []),
  ];
}

function count(tally: RunTally, { status, worker, losses, returned, startedAt, endedAt }: Chunk): void {
  tally.chunks += 1;
  tally.losses += losses;
  if (status === "done") tally.done += 1;
  if (worker) tally.workers.add(worker);
  if (returned) tally.returned.set(returned, (tally.returned.get(returned) ?? 0) + 1);
  if (startedAt && startedAt < (tally.begin ?? "~")) tally.begin = startedAt;
  if (endedAt && endedAt > (tally.end ?? "")) tally.end = endedAt;
}

function endText(runId: string, { chunks, done, losses, workers, returned }: RunTally): string {
  const back = [...returned].map(([why, number]) => `${number} came back (${why})`);
  const lost = losses > 0 ? [`${losses} taken over from lost workers`] : [];
  const facts = [`${done} of ${chunks} done by ${workers.size} workers`, ...lost, ...back];
  return `run ${runId}: the last chunk so far ends: ${facts.join(", ")}`;
}
