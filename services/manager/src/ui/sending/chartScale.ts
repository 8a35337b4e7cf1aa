/** Round numbers from 0 up to at most `top` (at least 1), about `wanted` (at least 3) of them. */
export function numberTicks(top: number, wanted: number): number[] {
  const rough = top / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough);
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, index) => index * step);
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14].map((n) => n * day),
];

export interface TimeTicks {
  readonly stepMilliseconds: number;
  /** Epoch milliseconds. */
  readonly at: readonly number[];
}

/** Round times between two instants in the viewer's zone, at most `most`. */
export function timeTicks(from: number, to: number, most: number): TimeTicks {
  const step = timeSteps.find((one) => (to - from) / one <= Math.max(1, most)) ?? 28 * day;
  // Midnight is round in the viewer's zone, not in UTC.
  const offset = new Date(from).getTimezoneOffset() * minute;
  const first = Math.ceil((from - offset) / step) * step + offset;
  const at: number[] = [];
  for (let time = first; time <= to; time += step) at.push(time);
  return { stepMilliseconds: step, at };
}

const pad = (number: number) => String(number).padStart(2, "0");
const dayNames = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** A tick as it is written at the axis: `14:32`, `14:32:10` where seconds count, `3 Mar` at midnight and between days. */
export function tickText(at: number, stepMilliseconds: number): string {
  const date = new Date(at);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (stepMilliseconds >= day || (isMidnight && stepMilliseconds >= hour)) return dayNames.format(date);
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  return stepMilliseconds < minute ? `${time}:${pad(date.getSeconds())}` : time;
}
