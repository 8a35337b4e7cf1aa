import { readFileSync, writeFileSync } from "node:fs";
import { type Area, type Result, summed } from "./scenario.ts";

const readme = new URL("README.md", import.meta.url);
const heads = [
  "Area",
  "Scenarios",
  "Tries",
  "Violations",
  "Skipped",
  "Longest recovery",
  "Most in doubt",
  "Took",
  "Commit",
];
const [begin, end] = ["<!-- counts -->", "<!-- /counts -->"] as const;

export interface Counted {
  readonly area: Area;
  readonly results: readonly Result[];
  readonly seconds: number;
  readonly commit: string;
  /** All scenarios of the area ran: the row in the table is replaced. */
  readonly isWhole: boolean;
}

/** The row of an area in the table of counts; written to README.md where the area ran whole. */
export function writeCounts({ area, results, seconds, commit, isWhole }: Counted): string {
  const ran = results.filter(({ skipped }) => skipped === undefined);
  const { tries, violations, recoveryMilliseconds, inDoubt } = summed(ran);
  const cells = [
    area.title,
    ran.length,
    tries,
    violations.length,
    results.length - ran.length,
    `${(recoveryMilliseconds / 1000).toFixed(1)} s`,
    inDoubt,
    `${seconds} s`,
    commit,
  ];
  const row = `| ${cells.join(" | ")} |`;
  if (isWhole) replaceRow(area.title, row);
  return row;
}

function replaceRow(title: string, row: string): void {
  const text = readFileSync(readme, "utf8");
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  const rows = text
    .slice(from, to)
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith(`| ${title} |`) && !line.startsWith(`| ${heads[0]} |`));
  const table = [`| ${heads.join(" | ")} |`, `|${heads.map(() => "---").join("|")}|`, ...rows, row].sort(byPlace);
  writeFileSync(readme, `${text.slice(0, from)}\n${table.join("\n")}\n${text.slice(to)}`);
}

/** Head and rule first, then by name. */
function byPlace(one: string, other: string): number {
  const place = (line: string) => (line.startsWith(`| ${heads[0]} |`) ? 0 : line.startsWith("|-") ? 1 : 2);
  return place(one) - place(other) || one.localeCompare(other);
}
