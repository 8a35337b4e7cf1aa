import type { SendingWindow } from "./sendingWindow.ts";

export const weekdayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** `Mon–Fri, 08:00–20:00 (Europe/Berlin)`: a sending window in words. */
export function windowWords({ zone, from, to, weekdays }: SendingWindow): string {
  const times = from === to ? `24 hours from ${from}` : `${from}–${to}`;
  return `${daysInWords(weekdays)}, ${times} (${zone})`;
}

/** Three days in a row and more are one range. */
function daysInWords(weekdays: readonly number[]): string {
  const days = [...new Set(weekdays)].sort();
  const runs: number[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run && run.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  const name = (day: number | undefined) => weekdayNames[(day ?? 1) - 1];
  return runs
    .map((run) => (run.length > 2 ? `${name(run[0])}–${name(run.at(-1))}` : run.map(name).join(", ")))
    .join(", ");
}
