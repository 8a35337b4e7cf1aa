import type { Detail } from "@email-agent/shared/domain/workOrder.ts";

/** A finding with its number, from 1, in the list of all. */
export interface NumberedFinding {
  readonly number: number;
  readonly finding: Detail;
}

/** A stretch of a line; marked where a finding begins there. */
interface Stretch {
  /** Where it begins in the line, from 0. */
  readonly at: number;
  readonly text: string;
  readonly severity?: Detail["severity"];
}

export interface SourceLine {
  /** From 1. */
  readonly number: number;
  readonly stretches: readonly Stretch[];
  readonly findings: readonly NumberedFinding[];
}

/** The lines of a source with the findings that have a place in it. */
export function sourceLines(source: string, findings: readonly NumberedFinding[]): SourceLine[] {
  const byLine = Map.groupBy(findings.filter(isInSource), ({ finding }) => finding.line);
  return source.split("\n").map((text, index) => {
    const here = byLine.get(index + 1) ?? [];
    return { number: index + 1, stretches: stretches(text.replace(/\r$/, ""), here), findings: here };
  });
}

/** True if the finding has a line of the HTML. */
export function isInSource({ finding }: NumberedFinding): boolean {
  return finding.line !== undefined && finding.part === undefined;
}

/** What a finding is about: a tag, a macro, the beginning of an element, or a word. */
const thing = /\*(?:\||%7C)[^|\n]*(?:\||%7C)\*|\|\|[^|\n]*\|\||#\w+|<\/?[\w-]*|[^\s<>"']+|[\s\S]/iy;

/** How many characters of a line the thing has that begins at `at` (from 0). */
export function thingLength(line: string, at: number): number {
  thing.lastIndex = at;
  return thing.exec(line)?.[0].length ?? 0;
}

function stretches(line: string, findings: readonly NumberedFinding[]): Stretch[] {
  const marks = findings
    .filter(({ finding }) => finding.column !== undefined && finding.column <= line.length)
    .map(({ finding }) => ({ at: (finding.column ?? 1) - 1, severity: finding.severity }))
    .toSorted((one, other) => one.at - other.at);
  const found: Stretch[] = [];
  let end = 0;
  for (const { at, severity } of marks) {
    if (at < end) continue;
    const text = line.slice(at, at + thingLength(line, at));
    if (at > end) found.push({ at: end, text: line.slice(end, at) });
    found.push({ at, text, severity });
    end = at + text.length;
  }
  if (end < line.length) found.push({ at: end, text: line.slice(end) });
  return found;
}
