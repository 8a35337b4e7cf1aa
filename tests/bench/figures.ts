/** One line of the table at the end. */
export interface Figure {
  readonly part: string;
  readonly what: string;
  readonly figure: string;
  /** Only where the product promises something. */
  readonly target?: string;
  readonly reached?: boolean;
}

/** A figure that must stay below `limit`. */
export function below(part: string, what: string, value: number, limit: number, unit: string): Figure {
  return { part, what, figure: quantity(value, unit), target: `< ${quantity(limit, unit)}`, reached: value < limit };
}

/** A figure that must reach `limit`. */
export function atLeast(part: string, what: string, value: number, limit: number, unit: string): Figure {
  return { part, what, figure: quantity(value, unit), target: `≥ ${quantity(limit, unit)}`, reached: value >= limit };
}

/** A figure without a target, to read the others by. */
export function plain(part: string, what: string, value: number, unit: string): Figure {
  return { part, what, figure: quantity(value, unit) };
}

/** Three significant digits at most, and the unit. */
function quantity(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = Number(value.toFixed(digits)).toLocaleString("en", { maximumFractionDigits: digits });
  return unit === "" ? text : `${text} ${unit}`;
}

/** The value below which `share` of all values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Target and figure side by side, one row per figure. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ part, what, figure, target = "", reached }) => [
    part,
    what,
    target,
    figure,
    reached === undefined ? "" : reached ? "reached" : "MISSED",
  ]);
  return table(["part", "what", "target", "figure", ""], rows, [2, 3]);
}

/** A table as Markdown, which reads well in a terminal too. `right`: columns of numbers. */
export function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string {
  const widths = heads.map((head, column) => Math.max(3, head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${widths
      .map((width, column) => {
        const cell = cells[column] ?? "";
        return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => (right.includes(column) ? `${"-".repeat(width - 1)}:` : "-".repeat(width))).join(" | ")} |`;
  return [line(heads), rule, ...rows.map(line)].join("\n");
}
