/** Soft bounces: who is tried again in this run after greylisting or another temporary refusal, and when (epoch ms). */
export interface RetrySchedule {
  readonly size: number;
  /** When each of them is due (epoch ms). */
  times(): number[];
  add(language: string, retry: Readonly<Record<string, string>>): void;
  /** Forgets people who went into a retry chunk. */
  remove(language: string, ids: readonly string[]): void;
  /** Takes out the people of one language who are due, at most `limit`; undefined if no one is. */
  takeDue(now: number, limit: number): { language: string; ids: string[] } | undefined;
}

/**
 * `gridMilliseconds`: times are rounded up to this grid, so that people refused within moments of each other share a chunk.
 * No one waits beyond `until`: at the end of sending the rest is to be recorded as skipped.
 */
export function retrySchedule(gridMilliseconds: number, until = Number.POSITIVE_INFINITY): RetrySchedule {
  const schedules = new Map<string, Map<string, number>>();
  return {
    get size() {
      let size = 0;
      for (const schedule of schedules.values()) size += schedule.size;
      return size;
    },
    times: () => [...schedules.values()].flatMap((schedule) => [...schedule.values()]),
    add(language, retry) {
      const schedule = schedules.get(language) ?? new Map<string, number>();
      schedules.set(language, schedule);
      for (const [id, at] of Object.entries(retry)) {
        const rounded = Math.ceil(Date.parse(at) / gridMilliseconds) * gridMilliseconds;
        schedule.set(id, Math.min(rounded, until));
      }
    },
    remove(language, ids) {
      for (const id of ids) schedules.get(language)?.delete(id);
    },
    takeDue(now, limit) {
      for (const [language, schedule] of schedules) {
        const ids = [...schedule].filter(([, at]) => at <= now).map(([id]) => id);
        if (ids.length === 0) continue;
        const taken = ids.slice(0, limit);
        for (const id of taken) schedule.delete(id);
        return { language, ids: taken };
      }
      return undefined;
    },
  };
}
