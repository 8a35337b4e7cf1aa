/**
 * `short`: today only the time, else the date with the time. `long`: date, time with seconds, zone. `start`: weekday, date and
 * time, with the zone by its name.
 */
export type MomentStyle = "short" | "long" | "start";

/** An instant (ISO, UTC) in the viewer's zone, or in `zone`, with the zone named: `14:32 CET`, `25 Nov 2026, 14:32 CET`. */
export function momentText(at: string, style: MomentStyle = "short", now: Date = new Date(), zone?: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  const time: Intl.DateTimeFormatOptions = {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
    ...(style === "long" && { second: "2-digit" }),
  };
  if (style === "start") return startText(date, zone);
  const day: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
  const timeZone = zone === undefined ? {} : { timeZone: zone };
  const format = (parts: Intl.DateTimeFormatOptions, of: Date) =>
    new Intl.DateTimeFormat("en-GB", { ...parts, ...timeZone }).format(of);
  const dayOf = (of: Date) => (zone === undefined ? of.toDateString() : format(day, of));
  const isToday = style === "short" && dayOf(date) === dayOf(now);
  return format(isToday ? time : { ...day, ...time }, date);
}

/** `Tue 1 Dec 2026, 18:00 (Europe/Berlin)`. */
function startText(date: Date, timeZone = viewerZone()): string {
  const format = (parts: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...parts, timeZone }).format(date);
  const day = format({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
  const time = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return `${day.replace(",", "")}, ${time} (${timeZone})`;
}

/** The viewer's zone by name, as `Europe/Berlin`. */
export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
