"use client";
import { Button, Skeleton, Text, Title, VisuallyHidden } from "@mantine/core";
import { Fragment, memo, useEffect, useId, useRef, useState } from "react";
import type { Order } from "../../api/orders.ts";
import { Problem } from "../shell/Problem.tsx";
import { CurveFigure } from "./CurveFigure.tsx";
import { CurveTable } from "./CurveTable.tsx";
import styles from "./SendingChart.module.css";
import tones from "./tones.module.css";
import { type SendProgress, useProgress } from "./useProgress.ts";

/** The progress of a Send over time, with its forecast; nothing before its first run, and after a reset. */
export function SendingChart({ order }: { readonly order: Order }) {
  const { runId, status } = order.steps.Send;
  return runId === undefined || status === "ready" ? undefined : <ProgressSection order={order} />;
}

const readOutMilliseconds = 30_000;

/** The order changes with every message, the view four times a second at most. */
function ProgressSection({ order }: { readonly order: Order }) {
  return <ProgressView progress={useProgress(order)} />;
}

const ProgressView = memo(function ProgressView({ progress }: { readonly progress: SendProgress }) {
  const [asTable, setAsTable] = useState(false);
  const titleId = useId();
  const { phase, points, total, left, forecast, words } = progress;
  const spoken = useNowAndThen(words.join(", "), readOutMilliseconds);
  return (
    <section className={tones.tones} aria-labelledby={titleId}>
      <div className={styles.head}>
        <Title order={3} size="h6" id={titleId}>
          Sending progress
        </Title>
        {points.length > 0 && (
          <Button variant="subtle" size="compact-xs" aria-expanded={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? "Hide the table" : "Show as table"}
          </Button>
        )}
      </div>
      {phase === "loading" && <Skeleton height={244} mt="sm" role="status" aria-label="Loading the sending progress" />}
      {phase === "failed" && (
        <Problem title="The sending progress could not be loaded" error={progress.error} retry={progress.retry} />
      )}
      {phase === "ready" && (
        <p className={styles.words}>
          {words.map((word, index) => (
            <Fragment key={word}>
              {index > 0 && <Dot />}
              <span>{word}</span>
            </Fragment>
          ))}
        </p>
      )}
      <VisuallyHidden role="status">{phase === "ready" ? spoken : ""}</VisuallyHidden>
      {phase === "ready" && points.length === 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          No mail has been sent yet.
        </Text>
      )}
      {points.length > 0 && <CurveFigure points={points} total={total} left={left} forecast={forecast} words={words} />}
      {asTable && points.length > 0 && <CurveTable points={points} />}
    </section>
  );
});

/** Separates the words, also for copying and screen readers. */
function Dot() {
  return (
    <>
      {" "}
      <span className={styles.dot} aria-hidden="true">
        ·
      </span>{" "}
    </>
  );
}

/** Throttles a value to one change in so many milliseconds: without it a screen reader would never stop reading. */
function useNowAndThen<Value>(value: Value, milliseconds: number): Value {
  const [shown, setShown] = useState(value);
  const newest = useRef(value);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => {
    newest.current = value;
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      setShown(newest.current);
    }, milliseconds);
  }, [value, milliseconds]);
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return shown;
}
