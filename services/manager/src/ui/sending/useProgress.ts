import { type Forecast, forecast } from "@email-agent/shared/domain/delivery/forecast.ts";
import { peopleLeft } from "@email-agent/shared/domain/delivery/forecastPeople.ts";
import { bucketStart } from "@email-agent/shared/domain/delivery/quotaWindow.ts";
import { isHeldUp, waitingAhead } from "@email-agent/shared/domain/delivery/waiting.ts";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Order } from "../../api/orders.ts";
import { averageSpeed, type CurvePoint, curveOf, extended, pointOf, speedAt, startOf, triedOf } from "./liveCurve.ts";
import { progressWords } from "./progressWords.ts";
import { type TimedSending, useSending } from "./useSending.ts";

/** What the chart shows of a Send right now. */
export interface SendProgress {
  readonly phase: "loading" | "ready" | "failed";
  readonly error?: unknown;
  readonly retry: () => void;
  readonly points: readonly CurvePoint[];
  /** People, for the height of the chart; 0 if only the sent mails count. */
  readonly total: number;
  readonly left: number;
  readonly forecast?: Forecast | undefined;
  /** The summary, in pieces. */
  readonly words: readonly string[];
}

/** The chart is redrawn at most this often, however often the order changes. */
const drawMilliseconds = 250;
const tickMilliseconds = 5000;

/** The progress of an order's Send: the server's points, then whatever the live order says, drawn four times a second at most. */
export function useProgress(order: Order): SendProgress {
  const { whole, limits, error, retry } = useSending(order);
  const shown = useLiveCurve(order, whole);
  return useMemo(() => {
    const facts = shown && whole && limits ? progressOf(shown, whole, limits) : undefined;
    if (facts) return { phase: "ready", retry, ...facts };
    return { ...nothing, phase: error === undefined ? "loading" : "failed", error, retry };
  }, [shown, whole, limits, error, retry]);
}

const nothing = { points: [], total: 0, left: 0, words: [] };

interface Shown {
  readonly points: readonly CurvePoint[];
  readonly order: Order;
  /** By the server's clock, epoch milliseconds. */
  readonly now: number;
}

/** What the next drawing shows; `drawnAt` in monotonic milliseconds. */
interface Gathered {
  points: readonly CurvePoint[];
  order: Order;
  whole?: TimedSending;
  timer?: number;
  drawnAt: number;
}

/** Throttles the live order to a few drawings a second, however many messages come. */
function useLiveCurve(order: Order, whole: TimedSending | undefined): Shown | undefined {
  const [shown, setShown] = useState<Shown>();
  const state = useRef<Gathered>({ points: [], order, drawnAt: Number.NEGATIVE_INFINITY });
  useEffect(() => {
    const current = state.current;
    if (whole && current.whole !== whole) {
      current.whole = whole;
      // A run that has just begun has no points yet: the earlier ones stay.
      if (whole.points.length > 0) current.points = curveOf(whole.points);
    }
    current.order = order;
    const point = pointOf(order);
    if (point) current.points = extended(current.points.length > 0 ? current.points : startOf(order), point);
    current.timer ??= window.setTimeout(
      () => {
        delete current.timer;
        current.drawnAt = performance.now();
        setShown(snapshotOf(current));
      },
      Math.max(0, current.drawnAt + drawMilliseconds - performance.now()),
    );
  }, [order, whole]);
  useEffect(() => {
    const ticking = window.setInterval(() => setShown(snapshotOf(state.current)), tickMilliseconds);
    return () => {
      window.clearInterval(ticking);
      window.clearTimeout(state.current.timer);
      delete state.current.timer;
    };
  }, []);
  return shown;
}

function snapshotOf({ points, order, whole }: Gathered): Shown {
  const last = points.at(-1)?.at ?? 0;
  return { points, order, now: Math.max(last, Date.now() + (whole?.aheadMilliseconds ?? 0)) };
}

function progressOf({ points, order, now }: Shown, whole: TimedSending, newest: TimedSending) {
  const { Send } = order.steps;
  const isWorking = Send.status === "working";
  const isUnderWay = isWorking || Send.status === "sleeping";
  // A run that has just begun has no recipients yet, and its counters start again.
  const isNew = isWorking && !Send.languages;
  // Runs of the previous version do not report it themselves.
  const planning = isWorking && (Send.planning ?? (newest.planning || isNew));
  const left = isUnderWay ? peopleLeft(order, planning ? { reached: reachedBy(points) } : undefined) : 0;
  const last = points.at(-1);
  const done = isNew ? (last ? triedOf(last) : 0) : handledBy(order);
  const total = Math.max(isNew ? 0 : (Send.counters?.total ?? 0), done + left);
  const perSecond = isWorking ? speedAt(points, now, Date.parse(Send.startedAt ?? "") || 0) : undefined;
  const ahead = left > 0 ? forecastOf({ points, order, now }, newest, left, perSecond) : undefined;
  const { status, nextRunAt } = Send;
  const waiting = isWorking ? Send.waiting : undefined;
  const averagePerSecond = averageSpeed(curveOf(whole.points));
  const facts = { status, done, total, planning, perSecond, forecast: ahead, waiting, nextRunAt, averagePerSecond };
  // For a finished Send the chart shows what it did, not what is left.
  return {
    points,
    total: isUnderWay ? total : 0,
    left: ahead ? left : 0,
    forecast: ahead,
    words: progressWords(facts, now),
  };
}

function forecastOf(
  { points, order, now }: Shown,
  { limits, at }: TimedSending,
  left: number,
  perSecond: number | undefined,
): Forecast | undefined {
  if (!limits) return undefined;
  const { nextRunAt, waiting } = order.steps.Send;
  const ahead = waitingAhead(waiting);
  return forecast({
    ...ahead,
    recipients: left,
    ...limits,
    buckets: [...limits.buckets, usedSince(points, Date.parse(at))],
    observedPerSecond: isHeldUp(ahead, left, now) ? undefined : perSecond,
    resumesAt: nextRunAt === undefined ? undefined : Date.parse(nextRunAt),
    sendUntil: order.sendUntil === undefined ? undefined : Date.parse(order.sendUntil),
    now,
  });
}

function handledBy({ steps: { Send } }: Order): number {
  const { sent = 0, failed = 0, inDoubt = 0, skipped = 0 } = Send.counters ?? {};
  return sent + failed + inDoubt + skipped;
}

/** Deliveries that are sent or in doubt. */
function reachedBy(points: readonly CurvePoint[]): number {
  const last = points.at(-1);
  return last ? last.sent + last.inDoubt : 0;
}

/** How much quota this Send has used since the buckets were read. */
function usedSince(points: readonly CurvePoint[], since: number) {
  const last = points.at(-1);
  const before = points.findLast(({ at }) => at <= since);
  if (!last || !before) return { start: bucketStart(since), used: 0 };
  return { start: bucketStart(last.at), used: Math.max(0, triedOf(last) - triedOf(before)) };
}
