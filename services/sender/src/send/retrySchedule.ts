/** Who is tried again in this run, and when (epoch ms): after greylisting or another soft bounce, or when a receiving group has room. */
export interface RetrySchedule {
  readonly size: number;
  /** When each of those who were put off by their servers is due (epoch ms). */
  times(): number[];
  /** Receiving domain group → how many people wait for it. */
  limited(): Map<string, number>;
  /** `limited`: participant id → receiving group that they wait for. */
  add(language: string, retry: Readonly<Record<string, string>>, limited?: Readonly<Record<string, string>>): void;
  /** Forgets people who went into a retry chunk. */
  remove(language: string, ids: readonly string[]): void;
  /** Takes out the people of one language who are due, at most `limit`; undefined if no one is. */
  takeDue(now: number, limit: number): { language: string; ids: string[] } | undefined;
  /** The same of people whose receiving groups have room: of each group at most as many as `most` says. */
  takeLimited(
    now: number,
    limit: number,
    most: (group: string) => number,
  ): { language: string; ids: string[]; groups: Record<string, number> } | undefined;
}

interface Entry {
  readonly at: number;
  readonly group?: string;
}

/**
 * `gridMilliseconds`: times are rounded up to this grid, so that people refused within moments of each other share a chunk.
 * No one waits beyond `until`: at the end of sending the rest is to be recorded as skipped.
 */
export function retrySchedule(gridMilliseconds: number, until = Number.POSITIVE_INFINITY): RetrySchedule {
  const schedules = new Map<string, Map<string, Entry>>();
  /** A group has room for all its people at the same time, as its newest chunk said. */
  const groupAt = new Map<string, number>();
  const entries = () => [...schedules.values()].flatMap((schedule) => [...schedule.values()]);
  return {
    get size() {
      let size = 0;
      for (const schedule of schedules.values()) size += schedule.size;
      return size;
    },
    times: () => entries().flatMap(({ at, group }) => (group === undefined ? [at] : [])),
    limited() {
      const people = new Map<string, number>();
      for (const { group } of entries()) if (group !== undefined) people.set(group, (people.get(group) ?? 0) + 1);
      return people;
    },
    add(language, retry, limited = {}) {
      const schedule = schedules.get(language) ?? new Map<string, Entry>();
      schedules.set(language, schedule);
      for (const [id, at] of Object.entries(retry)) {
        const group = limited[id];
        const time = Date.parse(at);
        if (group === undefined) {
          const rounded = Math.ceil(time / gridMilliseconds) * gridMilliseconds;
          schedule.set(id, { at: Math.min(rounded, until) });
        } else {
          schedule.set(id, { at: time, group });
          groupAt.set(group, Math.min(time, until));
        }
      }
    },
    remove(language, ids) {
      for (const id of ids) schedules.get(language)?.delete(id);
    },
    takeDue(now, limit) {
      for (const [language, schedule] of schedules) {
        const ids: string[] = [];
        for (const [id, { at, group }] of schedule) {
          if (group === undefined && at <= now) ids.push(id);
          if (ids.length === limit) break;
        }
        for (const id of ids) schedule.delete(id);
        if (ids.length > 0) return { language, ids };
      }
      return undefined;
    },
    takeLimited(now, limit, most) {
      const hasRoom = (group: string, taken: number) =>
        (groupAt.get(group) ?? 0) <= now && (now >= until || taken < most(group));
      for (const [language, schedule] of schedules) {
        const ids: string[] = [];
        const groups: Record<string, number> = {};
        for (const [id, { group }] of schedule) {
          const taken = groups[group ?? ""] ?? 0;
          if (group === undefined || !hasRoom(group, taken)) continue;
          ids.push(id);
          groups[group] = taken + 1;
          if (ids.length === limit) break;
        }
        for (const id of ids) schedule.delete(id);
        if (ids.length > 0) return { language, ids, groups };
      }
      return undefined;
    },
  };
}
