import { structuredPatch } from "diff";

/** A line of a comparison, or the gap of lines that both have. */
export type DiffRow =
  | {
      readonly change: "added" | "removed" | "same";
      readonly text: string;
      /** Number of the line in the one and the other text; absent where the line is not there. */
      readonly before?: number;
      readonly after?: number;
    }
  | { readonly change: "gap"; readonly lines: number };

const contextLines = 3;
/** Texts that have little in common take long to compare: then all of one goes and all of the other comes. */
const longestMilliseconds = 2000;

/** What differs between two texts, line by line; empty if nothing does. Line breaks of Windows and others are the same. */
export function diffRows(before: string, after: string): DiffRow[] {
  const options = { context: contextLines, timeout: longestMilliseconds, stripTrailingCr: true };
  const patch = structuredPatch("", "", before, after, undefined, undefined, options);
  const hunks = patch?.hunks ?? [{ oldStart: 1, newStart: 1, lines: [...marked(before, "-"), ...marked(after, "+")] }];
  const rows: DiffRow[] = [];
  let shown = 1;
  for (const { oldStart, newStart, lines } of hunks) {
    let [one, other] = [oldStart, newStart];
    if (one > shown) rows.push({ change: "gap", lines: one - shown });
    for (const line of lines) {
      const text = line.slice(1);
      if (line.startsWith("+")) rows.push({ change: "added", text, after: other++ });
      else if (line.startsWith("-")) rows.push({ change: "removed", text, before: one++ });
      else if (line.startsWith(" ")) rows.push({ change: "same", text, before: one++, after: other++ });
    }
    shown = one;
  }
  return rows;
}

function marked(text: string, mark: string): string[] {
  return text.split(/\r?\n/).map((line) => mark + line);
}
