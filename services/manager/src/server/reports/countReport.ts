import { setTimeout as pause } from "node:timers/promises";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { ConfigurationError } from "@email-agent/shared/domain/configurationError.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { checkPools, eventsNamedByPools } from "@email-agent/shared/domain/recipients/pool.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { ReportedMailing, ReportLine } from "../../api/reports.ts";
import { failure } from "../http/failure.ts";
import { jsonLines } from "../http/jsonLines.ts";
import type { Manager } from "../manager.ts";
import { eventMailings } from "./eventMailings.ts";
import { keepReport } from "./keptReport.ts";
import { eventTally } from "./tallies.ts";

type Ports = Pick<
  Manager,
  | "orders"
  | "events"
  | "configTable"
  | "deliveries"
  | "participants"
  | "documents"
  | "counts"
  | "clock"
  | "log"
  | "reportBadItem"
>;

const progressMilliseconds = 400;
const scanSegments = 4;

/**
 * Counts every delivery of an event, and everyone once, and keeps the numbers with their time. Few counts run at once in a process;
 * a browser that goes away ends its own, and the numbers of the count before stay. Lines of JSON say how far it is. AppError
 * `not-found` as `eventMailings`.
 */
export async function countReport(ports: Ports, user: User, code: string, asked: AbortSignal): Promise<Response> {
  const mailings = await eventMailings(ports, user, code);
  return jsonLines(asked, (signal) => linesOf(ports, user, code, mailings, signal));
}

async function* linesOf(
  ports: Ports,
  user: User,
  code: string,
  mailings: readonly ReportedMailing[],
  signal: AbortSignal,
): AsyncGenerator<ReportLine> {
  const of = expectedDeliveries(mailings);
  const progress = { read: 0 };
  const counting = ports.counts
    .run(() => count(ports, user, code, mailings, progress, signal), signal)
    .then(
      (): ReportLine => ({ isOver: true }),
      (error: unknown) => ({ failed: error }),
    );
  for (;;) {
    const ended = await Promise.race([counting, pause(progressMilliseconds, undefined, { ref: false })]);
    if (!ended) yield { read: progress.read, of };
    else if (!("failed" in ended)) return yield ended;
    else if (signal.aborted) return;
    else return yield (await failure(ports.log, ended.failed).json()) as ReportLine;
  }
}

/** About how many deliveries the mailings have. */
export function expectedDeliveries(mailings: readonly ReportedMailing[]): number {
  return mailings.reduce((sum, { planned = 0 }) => sum + planned, 0);
}

async function count(
  ports: Ports,
  user: User,
  code: string,
  mailings: readonly ReportedMailing[],
  progress: { read: number },
  signal: AbortSignal,
): Promise<void> {
  const countedAt = instant(ports.clock.now());
  const keys = mailings.map(({ key }) => key);
  const tally = eventTally(keys);
  for await (const rows of ports.deliveries.byPerson(keys, signal)) {
    for (const row of rows) tally.add(row);
    progress.read += rows.length;
  }
  tally.endPeople();
  const { unsubscribed, none } = await countPeople(ports, code, mailings, tally.mailed, signal);
  await keepReport(ports, code, { v: 1, countedAt, by: user.id, ...tally.result(unsubscribed, none) });
  ports.log.info({ event: code, deliveries: progress.read, by: user.id }, "the report of an event was counted");
}

/** Who unsubscribed with the links of these mailings, and how many people of the event got no mail of it. */
async function countPeople(
  ports: Ports,
  code: string,
  mailings: readonly ReportedMailing[],
  mailed: { has(id: string): boolean },
  signal: AbortSignal,
): Promise<{ unsubscribed: Record<string, number>; none: number | undefined }> {
  const keys = new Set(mailings.map(({ key }) => key));
  const isOfEvent = await eventPool(ports, code, [...new Set(mailings.map(({ subEvent }) => subEvent))]);
  const unsubscribed: Record<string, number> = {};
  let none: number | undefined = isOfEvent ? 0 : undefined;
  try {
    for await (const page of ports.participants.pages({ segments: scanSegments, signal })) {
      for (const person of page) {
        const { unsubscribe, unsubscribedBy: by } = person;
        if (unsubscribe && by && keys.has(by)) unsubscribed[by] = (unsubscribed[by] ?? 0) + 1;
        const isLeftOut = none !== undefined && !person.forgotten && !person.invalidRecord && !mailed.has(person.id);
        if (isLeftOut && isOfEvent?.(person)) none = (none ?? 0) + 1;
      }
    }
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { unsubscribed, none: undefined };
  }
  return { unsubscribed, none };
}

/** Whether the pool of the event accepts a person in any of its parts; undefined if it cannot be asked. */
async function eventPool(
  { events, configTable }: Ports,
  code: string,
  parts: readonly string[],
): Promise<((person: Participant) => boolean) | undefined> {
  const [event, pools] = await Promise.all([events.get(code), configTable.pools()]);
  const pool = event?.config.pool;
  if (!event || !pool) return undefined;
  try {
    const named = await Promise.all(eventsNamedByPools(pools, [pool]).map((other) => events.get(other)));
    const known = new Map(named.flatMap((one) => (one ? [[one.aid, one] as const] : [])));
    const checked = checkPools(pools, [pool], known);
    return (person) => parts.some((part) => checked.accepts(pool, person, event, part));
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}
