/** A time (ISO) in the zone of the organisation, as text: a printed page has no reader's zone. */
export function zonedText(at: string, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone }).format(Date.parse(at));
}

/** Two times as zonedText; of the second only what differs, if both are of one day. */
export function zonedSpan(from: string, to: string, timeZone: string): string {
  const [one, other] = [zonedText(from, timeZone), zonedText(to, timeZone)];
  const day = `${one.slice(0, one.lastIndexOf(","))}, `;
  return `${one} – ${other.startsWith(day) ? other.slice(day.length) : other}`;
}

/** How long it took from one time to another, in its two largest units. */
export function durationText(from: string, to: string): string {
  const minutes = Math.round((Date.parse(to) - Date.parse(from)) / 60_000);
  if (minutes < 1) return "less than a minute";
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}
