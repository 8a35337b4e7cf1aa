import { styleText } from "node:util";
import { SingleBar } from "cli-progress";
import type { Operation } from "./operation.ts";
import { sayJson } from "./operation.ts";

/** A time for people: `2026-03-01 09:05:02 GMT+1`, in the zone of this machine (`TZ`). */
export function moment(at: string | number | undefined): string {
  if (at === undefined) return "";
  const parts = Object.fromEntries(momentFormat.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
  const { year, month, day, hour, minute, second, timeZoneName } = parts;
  return `${year}-${month}-${day} ${hour}:${minute}:${second} ${timeZoneName}`;
}

const momentFormat = new Intl.DateTimeFormat("en-GB", {
  ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" },
  ...{ hourCycle: "h23", timeZoneName: "short" },
});

/** A list: as JSON, or as a table with aligned columns; numbers are aligned at the right. `empty` says that there is nothing. */
export function sayTable<Row>(
  operation: Pick<Operation, "say" | "complain" | "options">,
  rows: readonly Row[],
  columns: Readonly<Record<string, (row: Row) => string | number | undefined>>,
  empty: string,
): void {
  if (operation.options.json) {
    sayJson(operation, rows);
    return;
  }
  if (rows.length === 0) {
    operation.complain(empty);
    return;
  }
  for (const line of tableLines(rows, columns)) operation.say(line);
}

function tableLines<Row>(
  rows: readonly Row[],
  columns: Readonly<Record<string, (row: Row) => string | number | undefined>>,
): string[] {
  const cells = rows.map((row) => Object.values(columns).map((cell) => cell(row)));
  const texts = [Object.keys(columns), ...cells.map((row) => row.map((cell) => String(cell ?? "")))];
  const widths = Object.keys(columns).map((_, column) => Math.max(...texts.map((row) => (row[column] ?? "").length)));
  const isNumber = widths.map((_, column) => cells.every((row) => typeof row[column] !== "string"));
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => (isNumber[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd();
  const [headings = [], ...others] = texts;
  return [styleText("bold", line(headings), { stream: process.stdout }), ...others.map(line)];
}

/** Shows how far something is, at a terminal only. */
export interface Progress extends Disposable {
  /** `total`: if it has become known, or has changed. */
  at(done: number, total?: number): void;
}

/** A bar on the error output, so that the result can be piped; none where that is no terminal, and none with --json. */
export function progressBar({ options }: Pick<Operation, "options">, title: string, total = 0): Progress {
  if (!process.stderr.isTTY || options.json) return { at() {}, [Symbol.dispose]() {} };
  const bar = new SingleBar({
    format: `${title} [{bar}] {percentage}% {value} of {total}, {eta_formatted} left`,
    ...{ stream: process.stderr, hideCursor: true, clearOnComplete: true, etaBuffer: 100, fps: 5 },
  });
  bar.start(total, 0);
  return {
    at(done, known) {
      if (known !== undefined && known !== bar.getTotal()) bar.setTotal(known);
      bar.update(done);
    },
    [Symbol.dispose]: () => bar.stop(),
  };
}
