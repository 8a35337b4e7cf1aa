import type { Forecast } from "@email-agent/shared/domain/delivery/forecast.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { numberTicks, tickText, timeTicks } from "./chartScale.ts";
import { type CurvePoint, triedOf } from "./liveCurve.ts";

/** What the chart shows. Times are epoch milliseconds. */
export interface ChartData {
  readonly points: readonly CurvePoint[];
  /** Number of people in this Send; the upper end of the axis. */
  readonly total: number;
  /** From the last point on. */
  readonly forecast?: Forecast | undefined;
  readonly left: number;
}

interface Tick {
  readonly place: number;
  readonly text: string;
}

/** A chart as SVG: paths in pixels of a box `width` × `height`. */
export interface ChartShape {
  readonly plot: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly sentArea: string;
  readonly sentLine: string;
  /** Absent where there are none. */
  readonly failedLine?: string;
  readonly inDoubtLine?: string;
  readonly forecastLine?: string;
  /** Pauses for quota. */
  readonly sleeps: readonly { readonly from: number; readonly to: number }[];
  /** The current end of the curves. */
  readonly tip: { readonly x: number; readonly sent: number; readonly failed: number; readonly inDoubt: number };
  readonly timeAt: (x: number) => number;
  readonly xOf: (at: number) => number;
}

const margin = { left: 52, top: 10, right: 14, bottom: 24 };
const pixelsPerTime = 68;
const pixelsPerNumber = 48;
/** The forecast gets at most this multiple of the time past: a finish days away would squeeze the curve to nothing. */
const aheadShare = 3;
const leastAheadMilliseconds = 30_000;

const round = (number: number) => Math.round(number * 10) / 10;

/** Undefined while there is nothing to draw. */
export function chartShape(data: ChartData, width: number, height: number): ChartShape | undefined {
  const { points, total } = data;
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || width <= margin.left + margin.right) return undefined;
  const plot = { left: margin.left, top: margin.top, right: width - margin.right, bottom: height - margin.bottom };
  const end = timeEnd(data, first.at, last.at);
  const top = Math.max(1, total, triedOf(last));
  const yTicks = numberTicks(top, Math.floor((plot.bottom - plot.top) / pixelsPerNumber));
  const xOf = (at: number) => round(plot.left + ((at - first.at) / (end - first.at)) * (plot.right - plot.left));
  const yOf = (mails: number) => round(plot.bottom - (mails / top) * (plot.bottom - plot.top));
  const line = (field: "sent" | "failed" | "inDoubt") =>
    points.map((point, index) => `${index ? "L" : "M"}${xOf(point.at)} ${yOf(point[field])}`).join("");
  const sentLine = line("sent");
  const times = timeTicks(first.at, end, Math.max(1, (plot.right - plot.left) / pixelsPerTime));
  const forecastLine = forecastPath(data, last, end, xOf, yOf);
  return {
    plot,
    xTicks: times.at.map((at) => ({ place: xOf(at), text: tickText(at, times.stepMilliseconds) })),
    yTicks: yTicks.map((mails) => ({ place: yOf(mails), text: numberText(mails) })),
    sentLine,
    sentArea: `${sentLine}L${xOf(last.at)} ${plot.bottom}L${xOf(first.at)} ${plot.bottom}Z`,
    ...(last.failed > 0 && { failedLine: line("failed") }),
    ...(last.inDoubt > 0 && { inDoubtLine: line("inDoubt") }),
    ...(forecastLine && { forecastLine }),
    sleeps: (data.forecast?.sleeps ?? [])
      .filter(({ from, until }) => from < end && until > last.at)
      .map(({ from, until }) => ({ from: xOf(Math.max(from, last.at)), to: xOf(Math.min(until, end)) })),
    tip: { x: xOf(last.at), sent: yOf(last.sent), failed: yOf(last.failed), inDoubt: yOf(last.inDoubt) },
    timeAt: (x) => first.at + ((x - plot.left) / (plot.right - plot.left)) * (end - first.at),
    xOf,
  };
}

function timeEnd({ forecast, left }: ChartData, first: number, last: number): number {
  const least = Math.max(last, first + 1000);
  if (!forecast || left <= 0) return least;
  const furthest = last + Math.max(leastAheadMilliseconds, (last - first) * aheadShare);
  const finish = forecast.finishAt ?? Number.POSITIVE_INFINITY;
  return Math.max(least, Math.min(finish, furthest));
}

/** From the last point through the pauses to the finish, as far as the chart reaches. */
function forecastPath(
  { forecast, left }: ChartData,
  last: CurvePoint,
  end: number,
  xOf: (at: number) => number,
  yOf: (mails: number) => number,
): string | undefined {
  if (!forecast || left <= 0) return undefined;
  const { sleeps, finishAt, mailedBefore = left } = forecast;
  const corners = sleeps.flatMap(({ from, until, mailed }) => [
    { at: from, mails: last.sent + mailed },
    { at: until, mails: last.sent + mailed },
  ]);
  if (finishAt !== undefined) corners.push({ at: finishAt, mails: last.sent + mailedBefore });
  let before = { at: last.at, mails: last.sent };
  let path = `M${xOf(before.at)} ${yOf(before.mails)}`;
  for (const corner of corners) {
    if (corner.at <= before.at) continue;
    if (corner.at > end) {
      const share = (end - before.at) / (corner.at - before.at);
      return `${path}L${xOf(end)} ${yOf(before.mails + share * (corner.mails - before.mails))}`;
    }
    path += `L${xOf(corner.at)} ${yOf(corner.mails)}`;
    before = corner;
  }
  return path;
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

function numberText(mails: number): string {
  return mails < 100_000 ? count(mails) : compact.format(mails);
}
