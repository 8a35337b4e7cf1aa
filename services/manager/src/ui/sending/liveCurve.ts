import type { Order } from "../../api/orders.ts";
import type { SendPoint } from "../../api/sending.ts";

/** Mails of the mailing at one instant (epoch milliseconds). */
export interface CurvePoint {
  readonly at: number;
  readonly sent: number;
  readonly failed: number;
  readonly inDoubt: number;
}

export const triedOf = ({ sent, failed, inDoubt }: Omit<CurvePoint, "at">): number => sent + failed + inDoubt;

/** The points of a response. */
export function curveOf(points: readonly SendPoint[]): CurvePoint[] {
  return points.map((point) => ({ ...point, at: Date.parse(point.at) }));
}

/** The progress of a Send by the live order; undefined until its run has reported numbers. */
export function pointOf({ updatedAt, steps: { Send } }: Order): CurvePoint | undefined {
  const { counters, languages } = Send;
  if (!counters || !languages) return undefined;
  const { sent, failed, inDoubt } = counters;
  return { at: Date.parse(updatedAt), sent, failed, inDoubt };
}

/** The first point of a run whose points are not loaded yet: its start, with what earlier runs reached. */
export function startOf({ steps: { Send } }: Order): CurvePoint[] {
  const { startedAt, counters, languages } = Send;
  if (!startedAt || !counters || !languages) return [];
  const before = (field: "sent" | "failed" | "inDoubt") =>
    Math.max(
      0,
      counters[field] - Object.values(languages).reduce((sum, { thisRun }) => sum + (thisRun?.[field] ?? 0), 0),
    );
  return [{ at: Date.parse(startedAt), sent: before("sent"), failed: before("failed"), inDoubt: before("inDoubt") }];
}

/** Beyond this number every second point is dropped. */
const mostPoints = 500;

/**
 * A curve extended to `next`. Lower numbers than the last are ignored: chunks report sooner than the order, which catches
 * up. A stretch without change keeps its two ends.
 */
export function extended(points: readonly CurvePoint[], next: CurvePoint): readonly CurvePoint[] {
  const last = points.at(-1);
  if (!last) return [next];
  if (next.at <= last.at || triedOf(next) < triedOf(last)) return points;
  const isFlat = isSame(next, last) && points.length > 1 && isSame(last, points.at(-2) as CurvePoint);
  const longer = isFlat ? [...points.slice(0, -1), next] : [...points, next];
  return longer.length <= mostPoints ? longer : thinned(longer);
}

function isSame(one: CurvePoint, other: CurvePoint): boolean {
  return one.sent === other.sent && one.failed === other.failed && one.inDoubt === other.inDoubt;
}

function thinned(points: readonly CurvePoint[]): CurvePoint[] {
  return points.filter((_, index) => index % 2 === 0 || index === points.length - 1);
}

const windowMilliseconds = 60_000;
const shortestMilliseconds = 3000;

/**
 * Mails a second in the minute before `now`, or since the first mail after `begun` (the start of the run) if that is later;
 * undefined while that is too short.
 */
export function speedAt(points: readonly CurvePoint[], now: number, begun: number): number | undefined {
  const last = points.at(-1);
  if (!last) return undefined;
  const reached = triedAt(points, begun);
  const firstMail = points.findLast((point) => triedOf(point) <= reached)?.at ?? last.at;
  const isWaiting = triedOf(last) <= reached;
  const from = Math.max(now - windowMilliseconds, isWaiting ? begun : firstMail);
  if (now - from < (isWaiting ? windowMilliseconds : shortestMilliseconds)) return undefined;
  return Math.max(0, triedOf(last) - triedAt(points, from)) / ((now - from) / 1000);
}

/** Mails a second over the time in which any were sent; undefined without such a time. */
export function averageSpeed(points: readonly CurvePoint[]): number | undefined {
  let [mails, milliseconds] = [0, 0];
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    const more = before ? triedOf(point) - triedOf(before) : 0;
    if (!before || more <= 0) continue;
    mails += more;
    milliseconds += point.at - before.at;
  }
  return milliseconds > 0 ? mails / (milliseconds / 1000) : undefined;
}

function triedAt(points: readonly CurvePoint[], at: number): number {
  const index = points.findIndex((point) => point.at >= at);
  const after = points[index];
  const before = points[index - 1];
  if (!after) return triedOf(points.at(-1) as CurvePoint);
  if (!before) return triedOf(after);
  const share = (at - before.at) / (after.at - before.at);
  return triedOf(before) + share * (triedOf(after) - triedOf(before));
}
