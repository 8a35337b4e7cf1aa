import { setTimeout as pause } from "node:timers/promises";
import type { Contact } from "@email-agent/shared/adapters/contacts.ts";
import { type PeopleBlock, peopleBlock } from "./peopleBlock.ts";

/** Where the people of an index come from. */
export interface PeopleSource {
  pages(signal: AbortSignal): AsyncIterable<readonly Contact[]>;
  /** About how many there are; undefined if that is not known before they are read. */
  roughCount(): Promise<number | undefined>;
}

/** While people are read for the first time: how far that has come. */
export interface ReadSoFar {
  readonly read: number;
  readonly about?: number;
}

/** People being read into blocks. */
export interface IndexReading {
  /** Settles when everyone is read, or the read failed. */
  readonly done: Promise<void>;
  /** What is read so far, whole. */
  blocks(): readonly PeopleBlock[];
  progress(): ReadSoFar;
}

const peoplePerBlock = 4096;

export function readPeople(source: PeopleSource, signal: AbortSignal): IndexReading {
  const full: PeopleBlock[] = [];
  let open: Contact[] = [];
  let openBlock: PeopleBlock | undefined;
  let read = 0;
  let about: number | undefined;

  const readAll = async () => {
    for await (const page of source.pages(signal)) {
      read += page.length;
      open.push(...page);
      openBlock = undefined;
      if (open.length < peoplePerBlock) continue;
      full.push(peopleBlock(open));
      open = [];
    }
    full.push(peopleBlock(open));
    open = [];
  };
  // The number is of use only before everyone is read.
  source.roughCount().then(
    (count) => {
      about = count;
    },
    () => {},
  );
  return {
    done: readAll(),
    blocks() {
      if (open.length === 0) return [...full];
      openBlock ??= peopleBlock(open);
      return [...full, openBlock];
    },
    progress: () => ({ read, ...(about !== undefined && about > read && { about }) }),
  };
}

/** Waits until the reading has come further, is done, or the time is over. */
export async function untilMore({ done }: IndexReading, milliseconds: number): Promise<void> {
  const stepMilliseconds = 100;
  await Promise.race([done, pause(Math.max(0, Math.min(stepMilliseconds, milliseconds)))]);
}
