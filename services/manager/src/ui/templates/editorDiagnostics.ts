import type { Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import { thingLength } from "../preview/sourceLines.ts";

/** Findings as the editor marks them; one of the whole mail is at its first character. */
export function editorDiagnostics(doc: Text, findings: readonly Detail[]): Diagnostic[] {
  return findings
    .map(({ line = 1, column = 1, severity, rule, text }) => {
      const from = offsetOf(doc, { line, column });
      const { to: end, text: whole, from: start } = doc.lineAt(from);
      const to = Math.min(end, from + thingLength(whole, from - start));
      return { from, to, severity, message: `${rule}: ${text}` };
    })
    .toSorted((one, other) => one.from - other.from);
}

/** Where line and column (from 1) are; the nearest place if the text was changed since. */
export function offsetOf(doc: Text, { line, column }: { readonly line: number; readonly column: number }): number {
  const { from, to } = doc.line(Math.max(1, Math.min(line, doc.lines)));
  return Math.min(to, from + Math.max(0, column - 1));
}
