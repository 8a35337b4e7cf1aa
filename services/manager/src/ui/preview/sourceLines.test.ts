import fc from "fast-check";
import { expect, test } from "vitest";
import { type NumberedFinding, sourceLines } from "./sourceLines.ts";

function findings(...places: [line?: number, column?: number, part?: "subject"][]): NumberedFinding[] {
  return places.map(([line, column, part], index) => ({
    number: index + 1,
    finding: {
      ...{ language: "EN", rule: "Q1", severity: "error", text: "wrong" },
      ...(line !== undefined && { line }),
      ...(column !== undefined && { column }),
      ...(part && { part }),
    },
  }));
}

test.each([
  ["a tag", "<p>Dear *|NO SUCH|*,</p>", 9, "*|NO SUCH|*"],
  ["a percent-encoded tag", `<a href="*%7CNOSUCH%7C*">`, 10, "*%7CNOSUCH%7C*"],
  ["a macro", "Dear ||nosuch||!", 6, "||nosuch||"],
  ["a hash macro", "see #nosuch here", 5, "#nosuch"],
  ["an element", `<a href="">x</a>`, 1, "<a"],
  ["an address", `<a href="https://example.org/gone">x</a>`, 10, "https://example.org/gone"],
  ["nothing but the character there", `<a href="">x</a>`, 10, `"`],
])("%s is marked whole", (_what, line, column, marked) => {
  const [only] = sourceLines(line, findings([1, column]));
  expect(only?.stretches.find(({ severity }) => severity)).toEqual({ at: column - 1, text: marked, severity: "error" });
});

test("findings are at their lines; those of the subject and of the whole mail at none", () => {
  const lines = sourceLines("one\r\ntwo\nthree", findings([2, 1], [1, 2, "subject"], [], [3, 99], [2, 2]));
  expect(lines.map(({ number, findings: here }) => [number, here.map(({ number: own }) => own)])).toEqual([
    [1, []],
    [2, [1, 5]],
    [3, [4]],
  ]);
  expect(lines[0]?.stretches).toEqual([{ at: 0, text: "one" }]);
});

test("no mark changes a character of the source", () => {
  const source = fc.string({ unit: fc.constantFrom("a", " ", "<", "*|", "|*", "||", "#", "\n", "ü", '"', "%7C") });
  const places = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 30 })));
  fc.assert(
    fc.property(source, places, (text, at) => {
      const lines = sourceLines(text, findings(...at));
      expect(lines.map(({ stretches }) => stretches.map((stretch) => stretch.text).join("")).join("\n")).toBe(text);
    }),
  );
});
