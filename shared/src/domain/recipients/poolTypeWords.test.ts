import { expect, test } from "vitest";
import { poolTypes } from "./poolTypes.ts";
import { poolAttributeWords, poolParameterTitle, poolTypeWords } from "./poolTypeWords.ts";

test("every pool type has words, and so has every parameter", () => {
  expect(Object.keys(poolTypeWords).sort()).toEqual(Object.keys(poolTypes).sort());
  for (const [name, { parameters }] of Object.entries(poolTypes))
    for (const parameter of Object.keys(parameters)) expect(poolParameterTitle(name, parameter)).not.toBe(parameter);
  const titles = Object.values(poolTypeWords).map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});

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
