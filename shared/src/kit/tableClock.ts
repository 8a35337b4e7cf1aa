import { type Clock, systemClock } from "./clock.ts";
import type { Log } from "./log.ts";

/** What one HTTP response says of its server's time. */
interface ServerDate {
  /** The `Date` header (RFC 9110 6.6.1): whole seconds, cut off. */
  readonly date: string;
  /** Monotonic milliseconds just before the request was sent and just after the response came. */
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** A clock that takes the time of day from DynamoDB, so that all hosts agree on it. */
export interface TableClock extends Clock {
  /** Takes note of the server time in one response. A header that is no date is ignored. */
  observe(response: ServerDate): void;
}

/** What server time minus local monotonic time may be, in milliseconds; measured at `at` (monotonic). */
interface Bounds {
  readonly lowest: number;
  readonly highest: number;
  readonly at: number;
}

/** The many servers behind one address agree only so well, and some keep a header for a moment. */
const serverSpreadMilliseconds = 250;
/** A quartz is off by up to 100 ppm, so what was measured widens with its age. */
const drift = 0.0002;
/** An offset above this is reported: the time synchronisation of the host is broken. */
const reportedMilliseconds = 2000;

/**
 * Clock synchronisation by the round trips that happen anyway (Cristian's algorithm): server time lies in a second that
 * passed between request and response, and the bounds of many responses overlap in a narrow range (Marzullo's algorithm).
 * A local clock within that range is used as it is. Otherwise the middle of the range and the monotonic clock give the
 * time: right to within 2 s from the first response on, also when the local clock is stepped. Before it, the local clock
 * is all there is.
 */
export function tableClock(log: Pick<Log, "info" | "warn">, local: Clock = systemClock): TableClock {
  let known: Bounds | undefined;
  /** A response that contradicts what is known: one server may be wrong, two in a row are not. */
  let contradiction: Bounds | undefined;
  let reported = false;

  const report = (off: number) => {
    const isOff = Math.abs(off) > reportedMilliseconds;
    if (isOff === reported) return;
    reported = isOff;
    const offMilliseconds = Math.round(off);
    if (isOff)
      log.warn(
        { offMilliseconds },
        `The clock of this host is ${Math.abs(Math.round(off / 1000))} s ${off > 0 ? "fast" : "slow"}; the time of DynamoDB is used instead. Repair its time synchronisation (NTP).`,
      );
    else log.info({ offMilliseconds }, "The clock of this host is right again");
  };

  return {
    now() {
      const monotonic = local.monotonic();
      const own = local.now() - monotonic;
      return Math.round(monotonic + (known ? corrected(own, aged(known, monotonic)) : own));
    },
    monotonic: local.monotonic,
    sleep: local.sleep,
    observe({ date, askedAt, answeredAt }) {
      const cutOff = Date.parse(date);
      if (Number.isNaN(cutOff)) return;
      const measured = {
        lowest: cutOff - serverSpreadMilliseconds - answeredAt,
        highest: cutOff + 1000 + serverSpreadMilliseconds - askedAt,
        at: answeredAt,
      };
      const agreed = known ? overlap(aged(known, answeredAt), measured) : measured;
      if (agreed) [known, contradiction] = [agreed, undefined];
      else {
        const confirmed = contradiction && overlap(aged(contradiction, answeredAt), measured);
        if (confirmed) [known, contradiction] = [confirmed, undefined];
        else contradiction = measured;
      }
      const own = local.now() - local.monotonic();
      if (known) report(own - corrected(own, aged(known, answeredAt)));
    },
  };
}

function aged({ lowest, highest, at }: Bounds, now: number): Bounds {
  const widened = Math.max(0, now - at) * drift;
  return { lowest: lowest - widened, highest: highest + widened, at: Math.max(at, now) };
}

function overlap(one: Bounds, other: Bounds): Bounds | undefined {
  const lowest = Math.max(one.lowest, other.lowest);
  const highest = Math.min(one.highest, other.highest);
  return lowest <= highest ? { lowest, highest, at: Math.max(one.at, other.at) } : undefined;
}

function corrected(own: number, { lowest, highest }: Bounds): number {
  return own >= lowest && own <= highest ? own : (lowest + highest) / 2;
}
