import { Text } from "@codemirror/state";
import { expect, test } from "vitest";
import { editorDiagnostics } from "./editorDiagnostics.ts";

const doc = Text.of(["<p>Dear *|NO SUCH|*,</p>", "", "<b>last</b>"]);
const marked = (line?: number, column?: number) => {
  const finding = { language: "EN", rule: "Q1", severity: "error" as const, text: "wrong" };
  const place = { ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
  return editorDiagnostics(doc, [{ ...finding, ...place }]).map(({ from, to, message }) => [
    doc.sliceString(from, to),
    message,
  ]);
};

test.each([
  ["a tag at its place", 1, 9, "*|NO SUCH|*"],
  ["an element", 3, 1, "<b"],
  ["an empty line", 2, 1, ""],
  ["a place behind the end of the line", 3, 99, ""],
  ["a line that is gone", 99, 1, "<b"],
  ["the whole mail", undefined, undefined, "<p"],
])("%s is marked", (_what, line, column, text) => {
  expect(marked(line, column)).toEqual([[text, "Q1: wrong"]]);
});
