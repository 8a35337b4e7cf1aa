/** One thing that happened, at a time; `source`: where it is known from. No addresses in `text`. */
export interface Entry {
  /** ISO time. */
  readonly at: string;
  readonly source: "order" | "audit" | "run" | "ledger" | "log" | "person";
  readonly text: string;
  readonly level?: "warn" | "error";
  /** How often the same was done within a minute. */
  readonly times?: number;
}

/** In the order of time. What the same source says more than once within a minute is one entry with a number. */
export function timeline(entries: readonly Entry[], since: string | undefined): Entry[] {
  const sorted = entries
    .filter(({ at }) => since === undefined || at >= since)
    .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  const found: Entry[] = [];
  for (const entry of sorted) {
    const last = found.at(-1);
    const isSame = last?.text === entry.text && last.source === entry.source;
    if (last && isSame && Date.parse(entry.at) - Date.parse(last.at) < 60_000)
      found[found.length - 1] = { ...last, times: (last.times ?? 1) + 1 };
    else found.push(entry);
  }
  return found;
}

/** `--since`: an ISO time, or a time before now as `90s`, `30m`, `2h`, `3d`. Undefined for any other text. */
export function sinceOf(text: string, now: number): string | undefined {
  const [, number, unit] = /^(\d{1,5})([smhd])$/.exec(text) ?? [];
  const milliseconds = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit ?? ""];
  const at = milliseconds === undefined ? Date.parse(text) : now - Number(number) * milliseconds;
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
