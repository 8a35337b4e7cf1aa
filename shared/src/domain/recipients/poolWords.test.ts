import { expect, test } from "vitest";
import { poolTypes } from "./poolTypes.ts";
import { poolAttributeWords } from "./poolWords.ts";

test.each(Object.entries(poolTypes))(
  "%s: every pool type has words, which name each of its parameters",
  (type, row) => {
    const parameters = Object.entries(row.parameters).map(([name, kind]) => [
      name,
      kind === "pools" ? [`one-${name}`, `two-${name}`] : `one-${name}`,
    ]);
    const words = poolAttributeWords({ type, ...Object.fromEntries(parameters) });
    expect(words).not.toBe(type);
    for (const value of parameters.flatMap(([, value]) => value ?? [])) expect(words).toContain(value);
    expect(poolAttributeWords({ type })).not.toContain("undefined");
  },
);

test("a type of a later release is shown as it is stored", () => {
  expect(poolAttributeWords({ type: "toString" })).toBe("toString");
});
