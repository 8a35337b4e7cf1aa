import type { InstantFound } from "@email-agent/shared/domain/orderFormContext.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { Temporal } from "temporal-polyfill";

const localPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?$/;
const shown: Intl.DateTimeFormatOptions = { dateStyle: "long", timeStyle: "short", hourCycle: "h23" };

/**
 * The instant of a local time (`2026-11-25T18:00`) in an IANA zone. Where clocks are put forward some times do not exist:
 * `problem` names the time and the zone. Where they are put back some come twice: the earlier is taken, and `note` says so.
 */
export function instantOf(local: string, zone: string): InstantFound {
  const time = plainTime(local);
  if (!time) return { problem: `"${local.slice(0, 40)}" is no time: enter a date and a time.` };
  const earlier = inZone(time, zone, "earlier");
  const later = inZone(time, zone, "later");
  if (!earlier || !later)
    return { problem: `"${zone.slice(0, 40)}" is no time zone: use a name such as Europe/Berlin.` };
  const found = instant(earlier.epochMilliseconds);
  if (earlier.equals(later)) return { instant: found };
  const text = time.toLocaleString("en-GB", shown);
  if (!earlier.toPlainDateTime().equals(time)) {
    const [before, behind] = [earlier, later].map((one) => one.toPlainTime().toString({ smallestUnit: "minute" }));
    return {
      problem: `${text} does not exist in ${zone}, for the clocks are put forward then: enter ${before} or ${behind}.`,
    };
  }
  const utc = earlier.toInstant().toString({ smallestUnit: "minute" }).replace("T", " ").replace("Z", " UTC");
  return {
    instant: found,
    note: `${text} comes twice in ${zone}, for the clocks are put back then: the earlier one counts, ${utc}.`,
  };
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
