import type { GroupWait } from "../limits/groupGrants.ts";
import type { Candidate } from "./person.ts";

/** People of one delivery whose receiving domain groups have no room now. They hold no claim, no quota and no slot. */
export interface SetAside {
  readonly size: number;
  /** When the first group may go on (epoch ms). */
  readonly next: number;
  /** True while the group has no room, as far as is known. */
  isFull(group: string, now: number): boolean;
  add(group: string, candidate: Candidate): void;
  /** What the limiter said of these groups. */
  learn(limited: ReadonlyMap<string, GroupWait>): void;
  /** Takes out as many people as may go now, in the order in which they were set aside. */
  takeDue(now: number): Candidate[];
  /** Takes out all, with their group and when it may go on. */
  takeAll(): { readonly candidate: Candidate; readonly group: string; readonly until: number }[];
}

export function setAside(): SetAside {
  const waits = new Map<string, GroupWait>();
  const people = new Map<string, Candidate[]>();
  const untilOf = (group: string) => waits.get(group)?.until ?? 0;
  return {
    get size() {
      let size = 0;
      for (const { length } of people.values()) size += length;
      return size;
    },
    get next() {
      return Math.min(Number.POSITIVE_INFINITY, ...[...people.keys()].map(untilOf));
    },
    isFull: (group, now) => untilOf(group) > now,
    add(group, candidate) {
      const others = people.get(group);
      if (others) others.push(candidate);
      else people.set(group, [candidate]);
    },
    learn(limited) {
      for (const [group, wait] of limited) waits.set(group, wait);
    },
    takeDue(now) {
      const due: Candidate[] = [];
      for (const [group, waiting] of people) {
        if (untilOf(group) > now) continue;
        due.push(...waiting.splice(0, waits.get(group)?.atOnce ?? waiting.length));
        if (waiting.length === 0) people.delete(group);
      }
      return due;
    },
    takeAll() {
      const all = [...people].flatMap(([group, waiting]) =>
        waiting.map((candidate) => ({ candidate, group, until: untilOf(group) })),
      );
      people.clear();
      return all;
    },
  };
}
