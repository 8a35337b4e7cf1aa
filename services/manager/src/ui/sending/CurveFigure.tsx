import { count } from "@email-agent/shared/domain/numberWords.ts";
import { useElementSize } from "@mantine/hooks";
import { memo, type PointerEvent, useId, useMemo, useState } from "react";
import { momentText, viewerZone } from "../shell/momentText.ts";
import { CurveLegend } from "./CurveLegend.tsx";
import { CurveMarks } from "./CurveMarks.tsx";
import { type ChartData, type ChartShape, chartShape } from "./chartShape.ts";
import type { CurvePoint } from "./liveCurve.ts";
import styles from "./SendingChart.module.css";

const height = 220;

interface CurveFigureProps extends ChartData {
  readonly words: readonly string[];
}

/** The curve of a Send over time with its forecast. Redrawn only when its numbers or its width change. */
export const CurveFigure = memo(function CurveFigure({ points, total, left, forecast, words }: CurveFigureProps) {
  const { ref, width } = useElementSize<HTMLElement>();
  const [seen, setSeen] = useState<CurvePoint>();
  const titleId = useId();
  const shape = useMemo(
    () => chartShape({ points, total, left, forecast }, width, height),
    [points, total, left, forecast, width],
  );
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    setSeen(shape && nearest(points, shape.timeAt(x)));
  };
  return (
    <figure className={styles.figure} ref={ref}>
      <svg
        className={styles.svg}
        role="img"
        aria-labelledby={`${titleId}-title ${titleId}-text`}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => setSeen(undefined)}
      >
        <title id={`${titleId}-title`}>Mails over time</title>
        <desc id={`${titleId}-text`}>{descriptionOf(points, words)}</desc>
        {shape && <Curve shape={shape} />}
        {shape && seen && (
          <line
            className={styles.cursor}
            x1={shape.xOf(seen.at)}
            x2={shape.xOf(seen.at)}
            y1={shape.plot.top}
            y2={shape.plot.bottom}
          />
        )}
      </svg>
      <figcaption className={styles.legend}>
        {seen ? (
          <span aria-hidden="true">{readingOf(seen)}</span>
        ) : (
          <CurveLegend points={points} hasForecast={left > 0} />
        )}
        <span>Times in {viewerZone()}</span>
      </figcaption>
    </figure>
  );
});

const Curve = memo(function Curve({ shape }: { readonly shape: ChartShape }) {
  const { plot, xTicks, yTicks, sleeps } = shape;
  return (
    <g>
      {yTicks.map(({ place, text }) => (
        <g key={text}>
          <line className={styles.grid} x1={plot.left} x2={plot.right} y1={place} y2={place} />
          <text className={styles.tick} x={plot.left - 8} y={place} textAnchor="end" dominantBaseline="middle">
            {text}
          </text>
        </g>
      ))}
      {xTicks.map(({ place, text }) => (
        <text key={place} className={styles.tick} x={place} y={plot.bottom + 16} textAnchor={anchorOf(place, plot)}>
          {text}
        </text>
      ))}
      {sleeps.map(({ from, to }) => (
        <rect
          key={from}
          className={styles.sleep}
          x={from}
          y={plot.top}
          width={Math.max(0, to - from)}
          height={plot.bottom - plot.top}
        />
      ))}
      <path className={styles.sentArea} d={shape.sentArea} />
      {shape.forecastLine && <path className={styles.ahead} d={shape.forecastLine} />}
      <path className={styles.sentLine} d={shape.sentLine} />
      {shape.failedLine && <path className={styles.failedLine} d={shape.failedLine} />}
      {shape.inDoubtLine && <path className={styles.inDoubtLine} d={shape.inDoubtLine} />}
      <CurveMarks shape={shape} />
    </g>
  );
});

const tickPixels = 22;

/** A time at the very edge stays within the chart. */
function anchorOf(place: number, plot: ChartShape["plot"]): "start" | "middle" | "end" {
  if (place + tickPixels > plot.right + 10) return "end";
  return place - tickPixels < 0 ? "start" : "middle";
}

function nearest(points: readonly CurvePoint[], at: number): CurvePoint | undefined {
  const index = points.findIndex((point) => point.at >= at);
  const after = points[index];
  if (!after) return points.at(-1);
  const before = points[index - 1];
  return before && at - before.at < after.at - at ? before : after;
}

const long = (at: number) => momentText(new Date(at).toISOString(), "long");

function readingOf({ at, sent, failed, inDoubt }: CurvePoint): string {
  const others = [failed > 0 && `${count(failed)} failed`, inDoubt > 0 && `${count(inDoubt)} in doubt`].filter(Boolean);
  return `${long(at)}: ${[`${count(sent)} sent`, ...others].join(", ")}`;
}

function descriptionOf(points: readonly CurvePoint[], words: readonly string[]): string {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return "";
  return `From ${long(first.at)} to ${long(last.at)}. ${readingOf(last)}. ${words.join(", ")}.`;
}
