import type { ChartShape } from "./chartShape.ts";
import styles from "./SendingChart.module.css";

const size = 4;

/** Where the lines end now: a disc for sent, a square for failed, a triangle for in doubt, so that colour is never the only difference. */
export function CurveMarks({ shape }: { readonly shape: ChartShape }) {
  const { x, sent, failed, inDoubt } = shape.tip;
  return (
    <>
      <circle className={styles.sentMark} cx={x} cy={sent} r={size} />
      {shape.failedLine && <FailedMark x={x} y={failed} />}
      {shape.inDoubtLine && <InDoubtMark x={x} y={inDoubt} />}
    </>
  );
}

interface Place {
  readonly x: number;
  readonly y: number;
}

export function FailedMark({ x, y }: Place) {
  return <rect className={styles.failedMark} x={x - size} y={y - size} width={size * 2} height={size * 2} />;
}

export function InDoubtMark({ x, y }: Place) {
  return (
    <path
      className={styles.inDoubtMark}
      d={`M${x} ${y - size - 1}L${x + size + 1} ${y + size}L${x - size - 1} ${y + size}Z`}
    />
  );
}
