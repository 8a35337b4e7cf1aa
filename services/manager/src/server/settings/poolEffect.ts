import { setTimeout as pause } from "node:timers/promises";
import { configurationOf, readStored } from "@email-agent/shared/adapters/storedConfiguration.ts";
import type { Pool, User } from "@email-agent/shared/domain/configItems.ts";
import { judgeItem, wholeItem } from "@email-agent/shared/domain/configuration/judgeItem.ts";
import { ConfigurationError } from "@email-agent/shared/domain/configurationError.ts";
import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import { type EventRecord, eventSchema } from "@email-agent/shared/domain/event.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { type CheckedPools, checkPools, eventsNamedByPools } from "@email-agent/shared/domain/recipients/pool.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { z } from "zod";
import type { PoolEffectLine } from "../../api/settings.ts";
import { failure } from "../http/failure.ts";
import { jsonLines } from "../http/jsonLines.ts";
import type { Manager } from "../manager.ts";
import { personRow } from "../people/personRow.ts";

/** See PoolEffectBody. */
export const poolEffectSchema = z.strictObject({
  pool: z.record(z.string(), z.unknown()),
  event: z.string(),
  subEvent: z.string(),
});
type Asked = z.output<typeof poolEffectSchema>;

/** A pool as it was entered with all others around it, and the event it is asked for. */
export interface AskedPool {
  readonly name: string;
  readonly pools: CheckedPools;
  readonly event: EventRecord;
  readonly subEvent: string;
}

/** How many of those that it accepts are shown. */
const peopleShown = 20;
const scanSegments = 4;
/** How often a browser gets the progress of the count. */
const progressMilliseconds = 400;

/** AppError `invalid-input` if the pool cannot be asked as it is entered; `not-found` for an event that does not exist. */
export async function askedPool(manager: Manager, { pool, event: code, subEvent }: Asked): Promise<AskedPool> {
  const stored = await readStored(manager.configStore);
  const configuration = configurationOf(stored);
  // A pool that is being added has perhaps no name yet.
  const name = typeof pool["name"] === "string" && pool["name"].trim() !== "" ? pool["name"].trim() : "(new pool)";
  const item = { ...pool, name };
  const [fault] = Object.values(judgeItem(configuration, "pool", item, manager.config));
  if (fault) throw new AppError("invalid-input", fault);
  const event = eventOf(stored.event.get(code)?.fields, code);
  if (!event) throw new AppError("not-found", `There is no event ${code}. Choose another one.`);
  const all = new Map([...configuration.pool].map(([key, other]) => [key, other as unknown as Pool]));
  all.set(name, { attributes: [], ...item } as unknown as Pool);
  try {
    const named = eventsNamedByPools(all, [name]).flatMap((other) => {
      const found = eventOf(stored.event.get(other)?.fields, other);
      return found ? [[other, found] as const] : [];
    });
    return { name, pools: checkPools(all, [name], new Map(named)), event, subEvent };
  } catch (error) {
    if (error instanceof ConfigurationError) throw new AppError("invalid-input", error.message);
    throw error;
  }
}

function eventOf(fields: object | undefined, aid: string): EventRecord | undefined {
  return fields && eventSchema.safeParse(wholeItem("event", aid, { ...fields })).data;
}

/**
 * How many people a pool accepts, as lines of JSON: progress while everyone is read, at last the count and some of them. Few
 * counts run at once in a process; a browser that goes away ends its own.
 */
export async function poolEffect(manager: Manager, user: User, asked: Asked, gone: AbortSignal): Promise<Response> {
  const pool = await askedPool(manager, asked);
  return jsonLines(gone, (signal) => linesOf(manager, user, pool, signal));
}

interface Counted {
  read: number;
  accepted: number;
  readonly first: Participant[];
  problem?: string;
}

async function* linesOf(
  manager: Manager,
  user: User,
  pool: AskedPool,
  signal: AbortSignal,
): AsyncGenerator<PoolEffectLine> {
  const counted: Counted = { read: 0, accepted: 0, first: [] };
  const counting = manager.counts
    .run(() => countAll(manager, pool, counted, signal), signal)
    .then(
      () => ({ isDone: true }) as const,
      (error: unknown) => ({ error }) as const,
    );
  for (;;) {
    const ended = await Promise.race([counting, pause(progressMilliseconds, undefined, { ref: false })]);
    if (ended && "error" in ended) return yield await failureLine(manager, ended.error);
    const { read, accepted, problem } = counted;
    yield {
      read,
      accepted,
      ...(problem !== undefined && { problem }),
      ...(ended && { people: shown(user, counted) }),
    };
    if (ended) return;
  }
}

async function failureLine({ log }: Manager, error: unknown): Promise<PoolEffectLine> {
  return (await failure(log, error).json()) as PoolEffectLine;
}

async function countAll(
  { participants }: Manager,
  pool: AskedPool,
  counted: Counted,
  signal: AbortSignal,
): Promise<void> {
  for await (const page of participants.pages({ segments: scanSegments, signal })) {
    for (const person of page) {
      if (!isAccepted(pool, person, counted)) continue;
      counted.accepted += 1;
      if (counted.first.length < peopleShown) counted.first.push(person);
    }
    counted.read += page.length;
  }
}

/** One record without a price for its retreat is named; it hides no other person. */
function isAccepted({ pools, name, event, subEvent }: AskedPool, person: Participant, counted: Counted): boolean {
  try {
    return pools.accepts(name, person, event, subEvent);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    counted.problem ??= error.message;
    return false;
  }
}

/** Only to those who may find anyone: a pool is no way around the access to events. */
function shown(user: User, { first }: Counted) {
  return seesAllEvents(user) ? first.map((person) => personRow(user, person)) : [];
}
