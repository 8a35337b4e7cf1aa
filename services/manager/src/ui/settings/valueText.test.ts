import { expect, it } from "vitest";
import { valueText } from "./valueText.ts";

it.each([
  [undefined, ""],
  [null, ""],
  [[], ""],
  [true, "yes"],
  [false, "no"],
  [0, "0"],
  ["<b>a</b>", "<b>a</b>"],
  [["taking-part", "registered"], "taking-part, registered"],
  [[50, 100], "50, 100"],
  [{ domain: "example.org", selector: "demo" }, "domain: example.org\nselector: demo"],
  [[{ type: "join", aid: "A" }, { type: "oath" }], "0 · type: join\n0 · aid: A\n1 · type: oath"],
])("%j is shown as %j", (value, text) => {
  expect(valueText(value)).toBe(text);
});
