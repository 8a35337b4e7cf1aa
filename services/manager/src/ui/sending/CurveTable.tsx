import { count } from "@email-agent/shared/domain/numberWords.ts";
import { Moment } from "../shell/Moment.tsx";
import table from "../shell/Table.module.css";
import type { CurvePoint } from "./liveCurve.ts";
import styles from "./SendingChart.module.css";

const rows = 20;

/** The chart as a table: about twenty points in time, the last one included. */
export function CurveTable({ points }: { readonly points: readonly CurvePoint[] }) {
  const step = Math.max(1, (points.length - 1) / (rows - 1));
  const indexes = new Set(
    Array.from({ length: rows }, (_, row) => Math.min(points.length - 1, Math.round(row * step))),
  );
  return (
    <table className={`${table.table} ${styles.curveTable}`}>
      <caption>Mails by time</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col" className={table.number}>
            Sent
          </th>
          <th scope="col" className={table.number}>
            Failed
          </th>
          <th scope="col" className={table.number}>
            In doubt
          </th>
        </tr>
      </thead>
      <tbody>
        {points
          .filter((_, index) => indexes.has(index))
          .map(({ at, sent, failed, inDoubt }) => (
            <tr key={at}>
              <td>
                <Moment at={new Date(at).toISOString()} style="long" />
              </td>
              <td className={table.number}>{count(sent)}</td>
              <td className={table.number}>{count(failed)}</td>
              <td className={table.number}>{count(inDoubt)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
