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

/** The mails of a chunk, spread evenly over the time it was worked on. */
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
 * The curve of the passes of a Send, in their order, as at most `most` points in time, closer where mails were sent; the
 * first holds what was reached before. A chunk records when it was begun, when its worker finished it (or its last
 * heartbeat), and the outcomes in between; that is exact to about one chunk per connection. Empty while nothing was tried.
 */
export function sendCurve(passes: readonly Pass[], most: number): CurvePoint[] {
  const worked = passes.map(passSpans).filter((pass) => pass !== undefined);
  if (worked.length === 0) return [];
  const spans = worked.flatMap((pass) => pass.spans);
  const begin = Math.min(...worked.map((pass) => pass.begin));
  const end = spans.reduce((latest, { to }) => Math.max(latest, to), begin);
  return pointTimes(spans, begin, end, most).map((at) => ({ at, ...valueAt(worked, at) }));
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
/** The fewest points of a stretch of sending: just before it, its begin and its end. */
const pointsPerStretch = 3;

/** Begin and end of every stretch of sending, and within them as many instants as there is room for. */
function pointTimes(spans: readonly Span[], begin: number, end: number, most: number): number[] {
  const stretches = stretchesOf(spans, Math.max(1, Math.floor(most / (2 * pointsPerStretch))));
  const active = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  const room = most - pointsPerStretch * stretches.length - 1;
  const step = Math.max(finestMilliseconds, room > 0 ? active / room : active);
  // What was reached before is a moment before the first mail, for a chunk of one instant begins and ends with it.
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
