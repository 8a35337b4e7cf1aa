import type { ChunkProgress } from "@email-agent/shared/domain/delivery/run.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import type { Counters } from "@email-agent/shared/domain/workOrder.ts";

/** Mails of the mailing over all runs. */
export type Mailed = Pick<Counters, "sent" | "failed" | "inDoubt">;

/** One pass of a Send: what the mailing had reached before it, and how far its chunks came. */
export interface Pass {
  readonly before: Mailed;
  readonly chunks: readonly ChunkProgress[];
}

/** `at`: epoch milliseconds. */
interface CurvePoint extends Mailed {
  readonly at: number;
}

/** The course of a Send, and what is asked of it. */
export interface SendCurve {
  /** At most `most` points in time, closer where mails were sent; the first holds what was reached before. */
  points(most: number): CurvePoint[];
  /** What was reached at an instant. */
  at(time: number): Mailed;
  /** First and last instant at which chunks were worked on. */
  readonly begin: number;
  readonly end: number;
}

/** A chunk's mails, spread evenly over the time it was worked on. */
interface Span extends Mailed {
  readonly from: number;
  readonly to: number;
}

interface PassSpans {
  readonly begin: number;
  readonly before: Mailed;
  readonly spans: readonly Span[];
}

/**
 * The course of the passes of a Send, in their order. A chunk tells when it was begun and when its worker was through with
 * it (or was last heard), and what became of its people in between; that is exact to about one chunk per connection.
 * Undefined while nothing was tried.
 */
export function sendCurve(passes: readonly Pass[]): SendCurve | undefined {
  const worked = passes.map(passSpans).filter((pass) => pass !== undefined);
  const spans = worked.flatMap((pass) => pass.spans);
  if (worked.length === 0) return undefined;
  const begin = Math.min(...worked.map((pass) => pass.begin));
  const end = spans.reduce((latest, { to }) => Math.max(latest, to), begin);
  const at = (time: number) => valueAt(worked, time);
  return {
    begin,
    end,
    at,
    points: (most) => pointTimes(spans, begin, end, most).map((time) => ({ at: time, ...at(time) })),
  };
}

function passSpans({ before, chunks }: Pass): PassSpans | undefined {
  const spans = chunks.flatMap(spanOf);
  if (spans.length === 0) return undefined;
  return { before, spans, begin: spans.reduce((first, { from }) => Math.min(first, from), Number.POSITIVE_INFINITY) };
}

function spanOf({ counts, status, worker, startedAt, endedAt, heartbeatAt }: ChunkProgress): Span[] {
  if (!counts || counts.sent + counts.failed + counts.inDoubt === 0) return [];
  const isHeld = status === "issued" && worker !== undefined;
  const last = isHeld ? heartbeatAt : (endedAt ?? heartbeatAt);
  const to = last ?? startedAt;
  if (to === undefined) return [];
  const { sent, failed, inDoubt } = counts;
  const end = epochMilliseconds(to);
  return [{ from: Math.min(end, startedAt ? epochMilliseconds(startedAt) : end), to: end, sent, failed, inDoubt }];
}

function valueAt(passes: readonly PassSpans[], time: number): Mailed {
  const pass = passes.findLast(({ begin }) => begin <= time) ?? passes[0];
  if (!pass) return { sent: 0, failed: 0, inDoubt: 0 };
  const sum = { sent: 0, failed: 0, inDoubt: 0 };
  for (const { from, to, sent, failed, inDoubt } of pass.spans) {
    const share = time >= to ? 1 : time <= from ? 0 : (time - from) / (to - from);
    sum.sent += sent * share;
    sum.failed += failed * share;
    sum.inDoubt += inDoubt * share;
  }
  const { before } = pass;
  return {
    sent: before.sent + Math.floor(sum.sent),
    failed: before.failed + Math.floor(sum.failed),
    inDoubt: before.inDoubt + Math.floor(sum.inDoubt),
  };
}

const finestMilliseconds = 1000;
const shortestPauseMilliseconds = 60_000;
/** Points a stretch of sending needs at least: just before it, where it begins and where it ends. */
const pointsPerStretch = 3;

/** Instants to look at: the ends of every stretch of sending, and within them as many as there is room for. */
function pointTimes(spans: readonly Span[], begin: number, end: number, most: number): number[] {
  const stretches = stretchesOf(spans, Math.max(1, Math.floor(most / (2 * pointsPerStretch))));
  const active = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  const room = most - pointsPerStretch * stretches.length - 1;
  const step = Math.max(finestMilliseconds, room > 0 ? active / room : active);
  // What was reached before stands a moment before the first mail, for a chunk of one instant begins and ends with it.
  const times = new Set([begin - 1]);
  for (const { from, to } of stretches) {
    times.add(from - 1);
    for (let time = from; time < to; time += step) times.add(Math.round(time));
    times.add(to);
  }
  times.add(end);
  return [...times].sort((one, other) => one - other);
}

/** When something was sent, shorter pauses left out; longer ones too until at most `most` stretches are left. */
function stretchesOf(spans: readonly Span[], most: number): { from: number; to: number }[] {
  const sorted = spans.map(({ from, to }) => ({ from, to })).sort((one, other) => one.from - other.from);
  for (let pause = shortestPauseMilliseconds; ; pause *= 2) {
    const stretches: { from: number; to: number }[] = [];
    for (const { from, to } of sorted) {
      const last = stretches.at(-1);
      if (last && from - last.to <= pause) last.to = Math.max(last.to, to);
      else stretches.push({ from, to });
    }
    if (stretches.length <= most) return stretches;
  }
}
