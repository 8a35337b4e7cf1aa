import { Temporal } from "temporal-polyfill";
import type { SendingWindow } from "./sendingWindow.ts";

/*
 * The instants of a sending window. The wall clock decides: an hour that comes twice counts twice, and one that is skipped
 * does not exist. Pages do not load this module; they get instants.
 */

/** A time in which mails may begin; epoch milliseconds, `until` excluded. */
export interface OpenSpan {
  readonly from: number;
  readonly until: number;
}

/** True for an IANA zone that this runtime knows. */
export function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Whether a mail may begin at this instant (epoch ms). */
export function isOpen({ zone, from, to, weekdays }: SendingWindow, at: number): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const minute = local.hour * 60 + local.minute;
  const [first, last] = [minuteOf(from), minuteOf(to)];
  const isToday = weekdays.includes(local.dayOfWeek);
  if (first < last) return isToday && first <= minute && minute < last;
  const isYesterday = weekdays.includes(((local.dayOfWeek + 5) % 7) + 1);
  return (isToday && first <= minute) || (isYesterday && minute < last);
}

/** The first instant from `at` on at which a mail may begin (epoch ms); undefined if there is none within three weeks. */
export function opensAt(window: SendingWindow, at: number): number | undefined {
  return isOpen(window, at) ? at : nextChange(window, at);
}

/** The first instant from `at` on at which no mail may begin (epoch ms); undefined if there is none within three weeks. */
export function closesAt(window: SendingWindow, at: number): number | undefined {
  return isOpen(window, at) ? nextChange(window, at) : at;
}

/** The times between `from` and `until` in which mails may begin, in order. */
export function openSpans(window: SendingWindow, from: number, until: number): OpenSpan[] {
  const spans: OpenSpan[] = [];
  let at = opensAt(window, from);
  while (at !== undefined && at < until) {
    const end = nextChange(window, at) ?? until;
    spans.push({ from: at, until: Math.min(end, until) });
    at = end < until ? nextChange(window, end) : undefined;
  }
  return spans;
}

const daysAtOnce = 3;
const daysAhead = 21;

/**
 * The first instant after `at` at which the window opens or closes. It can do so only where the wall clock shows one of its
 * times, which a change of clocks may bring twice, and where a change of clocks jumps over one.
 */
function nextChange(window: SendingWindow, at: number): number | undefined {
  const wasOpen = isOpen(window, at);
  const start = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(window.zone);
  const today = start.toPlainDate();
  // One day is looked at twice: clocks may go back over midnight.
  for (let day = -1; day <= daysAhead; day += daysAtOnce - 1) {
    const dates = Array.from({ length: daysAtOnce }, (_, offset) => today.add({ days: day + offset }));
    // Behind it other days have a say.
    const end = today.add({ days: day + daysAtOnce }).toZonedDateTime(window.zone).epochMilliseconds;
    const candidates = [...dates.flatMap((date) => timesOf(window, date)), ...changesBefore(start, end)]
      .filter((candidate) => candidate > at && candidate < end)
      .sort((one, other) => one - other);
    const found = candidates.find((candidate) => isOpen(window, candidate) !== wasOpen);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** When the wall clock shows the times of the window on a day. */
function timesOf({ zone, from, to }: SendingWindow, date: Temporal.PlainDate): number[] {
  return [from, to].flatMap((time) => {
    const local = date.toPlainDateTime(Temporal.PlainTime.from(time));
    return (["earlier", "later"] as const).map(
      (disambiguation) => local.toZonedDateTime(zone, { disambiguation }).epochMilliseconds,
    );
  });
}

/** The changes of clocks from `start` up to an instant. */
function changesBefore(start: Temporal.ZonedDateTime, end: number): number[] {
  const found: number[] = [];
  let change = start.getTimeZoneTransition("next");
  while (change && change.epochMilliseconds < end) {
    found.push(change.epochMilliseconds);
    change = change.getTimeZoneTransition("next");
  }
  return found;
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
