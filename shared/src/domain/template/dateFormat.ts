const letters = new Set("dDjlSmMnFyYaAgGhHis");

/**
 * Formats instants by PHP's date letters (d D j l S m M n F y Y a A g G h H i s; everything else stays as it is), with
 * English names as Mailchimp prints them. Throws RangeError for an unknown time zone.
 */
export function dateFormatter(format: string, timeZone: string): (epochMilliseconds: number) => string {
  const valuesAt = zoneClock(timeZone);
  let lastSecond = Number.NaN;
  let lastText = "";
  return (epochMilliseconds) => {
    const second = Math.floor(epochMilliseconds / 1000);
    if (second !== lastSecond) {
      const values = valuesAt(second);
      lastText = Array.from(format, (letter) => (letters.has(letter) ? values[letter]! : letter)).join("");
      lastSecond = second;
    }
    return lastText;
  };
}

/** The text of each letter at an epoch second. */
type ZoneClock = (second: number) => Readonly<Record<string, string>>;

/**
 * One per time zone: making an Intl.DateTimeFormat takes 50 µs and some 20 KB, and a template may hold ten thousands of
 * dates.
 */
const zoneClocks = new Map<string, ZoneClock>();

function zoneClock(timeZone: string): ZoneClock {
  const known = zoneClocks.get(timeZone);
  if (known) return known;
  const made = makeZoneClock(timeZone);
  zoneClocks.set(timeZone, made);
  return made;
}

function makeZoneClock(timeZone: string): ZoneClock {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "long",
    year: "numeric",
    month: "long",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23",
  });
  const monthNumber = new Intl.DateTimeFormat("en-US", { timeZone, month: "numeric" });
  // A mailing renders thousands of recipients in one second, and formatting costs as much as the rest of a mail.
  let lastSecond = Number.NaN;
  let lastValues: Readonly<Record<string, string>> = {};
  return (second) => {
    if (second !== lastSecond) {
      const fields = Object.fromEntries(parts.formatToParts(second * 1000).map((part) => [part.type, part.value]));
      lastValues = letterValues(fields, monthNumber.format(second * 1000));
      lastSecond = second;
    }
    return lastValues;
  };
}

function letterValues(fields: Record<string, string>, monthNumber: string): Record<string, string> {
  const day = Number(fields["day"]);
  const hour = Number(fields["hour"]);
  const year = String(Number(fields["year"]));
  const hour12 = hour % 12 || 12;
  const two = (number: number | string) => String(Number(number)).padStart(2, "0");
  return {
    d: two(day),
    D: fields["weekday"]!.slice(0, 3),
    j: String(day),
    l: fields["weekday"]!,
    S: ordinalSuffix(day),
    m: two(monthNumber),
    M: fields["month"]!.slice(0, 3),
    n: monthNumber,
    F: fields["month"]!,
    y: year.slice(-2),
    Y: year,
    a: hour < 12 ? "am" : "pm",
    A: hour < 12 ? "AM" : "PM",
    g: String(hour12),
    G: String(hour),
    h: two(hour12),
    H: two(hour),
    i: two(fields["minute"]!),
    s: two(fields["second"]!),
  };
}

function ordinalSuffix(day: number): string {
  if (day >= 11 && day <= 13) return "th";
  return ["th", "st", "nd", "rd"][day % 10] ?? "th";
}
