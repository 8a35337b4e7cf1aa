import { setImmediate } from "node:timers/promises";
import type { Contact } from "@email-agent/shared/adapters/contacts.ts";
import type { PeopleQuery } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import {
  compareNames,
  compareTexts,
  type IndexedPerson,
  type NamePlace,
  type PeopleBlock,
  type PeopleFlag,
  prepared,
} from "./peopleBlock.ts";
import { type IndexReading, type PeopleSource, type ReadSoFar, readPeople, untilMore } from "./readPeople.ts";
import { recentChanges } from "./recentChanges.ts";

/** What a search found. `reading`: there may be more. */
export interface PeopleFound {
  readonly people: readonly IndexedPerson[];
  /** True if others follow behind the last one. */
  readonly hasMore: boolean;
  readonly reading?: ReadSoFar;
}

/** A place in a list by time, newest first: epoch second and id. */
export interface TimePlace {
  readonly second: number;
  readonly participantId: string;
}

interface Flagged extends Omit<PeopleFound, "people"> {
  readonly people: readonly (IndexedPerson & TimePlace)[];
  /** Everyone with the flag, whatever is searched for. */
  readonly total: number;
}

interface Asked<Place> {
  readonly query?: PeopleQuery;
  /** Begins behind it. */
  readonly after?: Place;
  readonly limit: number;
  /** How long it may wait for people who are being read for the first time. */
  readonly waitMilliseconds: number;
  readonly signal: AbortSignal;
}

/**
 * People in the memory of this process: found in some milliseconds. It is read when it is first asked, and again in the
 * background when it is asked and old; until then it says what it knew. Who is shown must be read again by key.
 */
export interface PeopleIndex extends Disposable {
  /** Begins to read, unless what is known is fresh. */
  warm(): void;
  /** People by name. */
  search(asked: Asked<NamePlace>): Promise<PeopleFound>;
  /** People with a flag, those who got it last first. */
  matching(asked: Asked<TimePlace> & { readonly flag: PeopleFlag }): Promise<Flagged>;
  /** A record as it is now, after a change; `undefined`: it is gone. */
  note(participantId: string, contact: Contact | undefined): void;
  holds(participantId: string): boolean;
  /** The next question reads everything again; what is known counts until then. */
  expire(): void;
  readonly size: number;
  readonly bytes: number;
}

const freshMilliseconds = 60_000;
/** An index that was not used for so long is dropped: it costs memory, and would begin with what was true then. */
const idleMilliseconds = 15 * 60_000;
/** Reading takes this share of the time at most, however many people there are. */
const readingShare = 0.1;
/** A scan that begins now may lack what was written so long before. */
const scanLagMilliseconds = 5000;
const sliceMilliseconds = 8;

interface IndexPorts {
  readonly source: PeopleSource;
  readonly onFailure: (error: unknown) => void;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** `onFailure`: a read in the background failed; what was known still counts. */
export function peopleIndex({ source, onFailure, now = () => performance.now() }: IndexPorts): PeopleIndex {
  let known: { readonly blocks: readonly PeopleBlock[]; readonly at: number; readonly took: number } | undefined;
  let reading: IndexReading | undefined;
  let isExpired = false;
  let idle: NodeJS.Timeout | undefined;
  const changes = recentChanges();
  const ended = new AbortController();

  const read = () => {
    const begunAt = now();
    const begun = readPeople(source, ended.signal);
    isExpired = false;
    reading = begun;
    begun.done.then(
      () => {
        known = { blocks: begun.blocks(), at: now(), took: now() - begunAt };
        changes.forgetBefore(begunAt - scanLagMilliseconds);
        reading = undefined;
      },
      (error: unknown) => {
        reading = undefined;
        if (known && !ended.signal.aborted) onFailure(error);
      },
    );
  };
  const warm = () => {
    clearTimeout(idle);
    idle = setTimeout(() => {
      known = undefined;
    }, idleMilliseconds).unref();
    const isOld = known && now() - known.at > Math.max(freshMilliseconds, known.took / readingShare);
    if (!reading && (!known || isOld || isExpired)) read();
  };
  const look = (): Look => {
    const recent = changes.block();
    const blocks = known?.blocks ?? reading?.blocks() ?? [];
    return { blocks: [...blocks, recent], isStaleIn: (block) => (block === recent ? () => false : changes.has) };
  };
  /** Asks what is known, again and again while people are read for the first time and `isEnough` is false. */
  const ask = async <Found extends object>(
    { waitMilliseconds, signal }: Pick<Asked<never>, "waitMilliseconds" | "signal">,
    question: (look: Look) => Promise<Found>,
    isEnough: (found: Found) => boolean,
  ): Promise<Found & { readonly reading?: ReadSoFar }> => {
    warm();
    const until = now() + waitMilliseconds;
    for (;;) {
      signal.throwIfAborted();
      const first = known ? undefined : reading;
      const found = await question(look());
      if (!first) return found;
      // Everyone was read meanwhile.
      if (known) continue;
      if (isEnough(found) || now() >= until) return { ...found, reading: first.progress() };
      await untilMore(first, until - now());
    }
  };

  return {
    warm,
    search: (asked) =>
      ask(
        asked,
        (seen) => searchIn(seen, asked),
        ({ people }) => people.length >= asked.limit,
      ),
    matching: (asked) =>
      ask(
        asked,
        (seen) => matchingIn(seen, asked),
        ({ people }) => people.length >= asked.limit,
      ),
    note: (participantId, contact) => changes.note(participantId, contact, now()),
    holds(participantId) {
      const { blocks, isStaleIn } = look();
      return blocks.some((block) => block.holds(participantId) && !isStaleIn(block)(participantId));
    },
    expire() {
      isExpired = true;
    },
    get size() {
      return look().blocks.reduce((sum, { size }) => sum + size, 0);
    },
    get bytes() {
      return look().blocks.reduce((sum, { bytes }) => sum + bytes, 0);
    },
    [Symbol.dispose]() {
      clearTimeout(idle);
      ended.abort();
    },
  };
}

/** What is known now. */
interface Look {
  readonly blocks: readonly PeopleBlock[];
  readonly isStaleIn: (block: PeopleBlock) => (participantId: string) => boolean;
}

async function searchIn({ blocks, isStaleIn }: Look, { query, after, limit, signal }: Asked<NamePlace>) {
  const search = { ...(query && { query: prepared(query) }), ...(after && { after }), limit: limit + 1 };
  const found = await eachBlock(blocks, signal, (block) => block.find({ ...search, isStale: isStaleIn(block) }));
  const people = found.flat().sort(compareNames);
  return { people: people.slice(0, limit), hasMore: people.length > limit };
}

async function matchingIn(
  { blocks, isStaleIn }: Look,
  { flag, query, after, limit, signal }: Asked<TimePlace> & { readonly flag: PeopleFlag },
) {
  const flagged = await eachBlock(blocks, signal, (block) => flaggedIn(block, flag, isStaleIn(block)));
  const all = flagged.flat().sort(compareTimes);
  const behind = after ? all.filter((one) => compareTimes(one, after) > 0) : all;
  const fitting = query ? behind.filter(query.fits) : behind;
  return { people: fitting.slice(0, limit), hasMore: fitting.length > limit, total: all.length };
}

/** Works through blocks in slices, between which the event loop is free. */
async function eachBlock<Result>(
  blocks: readonly PeopleBlock[],
  signal: AbortSignal,
  work: (block: PeopleBlock) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  let sliceEnds = performance.now() + sliceMilliseconds;
  for (const block of blocks) {
    results.push(work(block));
    if (performance.now() < sliceEnds) continue;
    await setImmediate();
    signal.throwIfAborted();
    sliceEnds = performance.now() + sliceMilliseconds;
  }
  return results;
}

function flaggedIn(
  block: PeopleBlock,
  flag: PeopleFlag,
  isStale: (id: string) => boolean,
): (IndexedPerson & TimePlace)[] {
  const found: (IndexedPerson & TimePlace)[] = [];
  block.eachFlagged(flag, (position, second) => {
    const person = block.person(position);
    if (!isStale(person.participantId)) found.push({ ...person, second });
  });
  return found;
}

function compareTimes(one: TimePlace, other: TimePlace): number {
  return other.second - one.second || compareTexts(one.participantId, other.participantId);
}
