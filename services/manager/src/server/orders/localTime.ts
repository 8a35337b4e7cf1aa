import type { InstantFound } from "@email-agent/shared/domain/form/formContext.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { Temporal } from "temporal-polyfill";

const localPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?$/;
const shown: Intl.DateTimeFormatOptions = { dateStyle: "long", timeStyle: "short", hourCycle: "h23" };

/**
 * The instant of a local time (`2026-11-25T18:00`) in an IANA zone. Where clocks go forward, some times do not exist:
 * `problem` names the time and the zone. Where they go back, some come twice: the earlier is taken, and `note` says so.
 */
export function instantOf(local: string, zone: string): InstantFound {
  const time = plainTime(local);
  if (!time) return { problem: `"${local.slice(0, 40)}" is not a time: enter a date and a time.` };
  const earlier = inZone(time, zone, "earlier");
  const later = inZone(time, zone, "later");
  if (!earlier || !later)
    return { problem: `"${zone.slice(0, 40)}" is not a time zone: use a name such as Europe/Berlin.` };
  const found = instant(earlier.epochMilliseconds);
  if (earlier.equals(later)) return { instant: found };
  const text = time.toLocaleString("en-GB", shown);
  if (!earlier.toPlainDateTime().equals(time)) {
    const [before, behind] = [earlier, later].map((one) => one.toPlainTime().toString({ smallestUnit: "minute" }));
    return {
      problem: `${text} does not exist in ${zone}, because the clocks go forward then: enter ${before} or ${behind}.`,
    };
  }
  const utc = earlier.toInstant().toString({ smallestUnit: "minute" }).replace("T", " ").replace("Z", " UTC");
  return {
    instant: found,
    note: `${text} comes twice in ${zone}, because the clocks go back then: the earlier one counts, ${utc}.`,
  };
}

/** The instant at which a day (`2026-03-01`) begins in an IANA zone; in UTC if there is no such zone. Undefined if it is no day. */
export function startOfDay(day: string, zone: string): string | undefined {
  const date = orNothing(() => Temporal.PlainDate.from(day));
  const start = date && (orNothing(() => date.toZonedDateTime(zone)) ?? date.toZonedDateTime("UTC"));
  return start && instant(start.epochMilliseconds);
}

const quarterHourMilliseconds = 15 * 60_000;

/** Writes instants as ISO 8601 with the offset of one zone. */
export interface LocalTimes {
  /** The zone of the written times: the wanted one, or UTC if that does not exist. */
  readonly zone: string;
  /** `2026-03-01T08:00:01.000Z` → `2026-03-01T09:00:01+01:00`. What is not an instant stays as it is. */
  of(instant: string): string;
}

/** Fast enough for a file of a million rows: offsets change at whole quarters of an hour, so each is looked up once. */
export function localTimes(wanted: string): LocalTimes {
  const zone = orNothing(() => Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(wanted)) ? wanted : "UTC";
  const offsets = new Map<number, number>();
  const offsetAt = (milliseconds: number): number => {
    const quarter = Math.floor(milliseconds / quarterHourMilliseconds) * quarterHourMilliseconds;
    const known = offsets.get(quarter);
    if (known !== undefined) return known;
    const { offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(quarter).toZonedDateTimeISO(zone);
    offsets.set(quarter, offsetNanoseconds / 1e6);
    return offsetNanoseconds / 1e6;
  };
  return {
    zone,
    of(text) {
      const milliseconds = Date.parse(text);
      if (Number.isNaN(milliseconds)) return text;
      const offset = offsetAt(milliseconds);
      const local = new Date(milliseconds + offset).toISOString().slice(0, "2026-03-01T08:00:01".length);
      return `${local}${offsetText(offset)}`;
    },
  };
}

function offsetText(milliseconds: number): string {
  const minutes = Math.abs(Math.round(milliseconds / 60_000));
  const two = (number: number) => String(number).padStart(2, "0");
  return `${milliseconds < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function plainTime(local: string): Temporal.PlainDateTime | undefined {
  if (!localPattern.test(local)) return undefined;
  return orNothing(() => Temporal.PlainDateTime.from(local));
}

function inZone(time: Temporal.PlainDateTime, zone: string, disambiguation: "earlier" | "later") {
  return orNothing(() => time.toZonedDateTime(zone, { disambiguation }));
}

/** What Temporal refuses (30 February, an unknown zone) it throws as RangeError. */
function orNothing<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
