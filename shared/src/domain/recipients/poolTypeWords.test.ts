import { expect, test } from "vitest";
import { poolTypes } from "./poolTypes.ts";
import { poolParameterTitle, poolTypeWords } from "./poolTypeWords.ts";

test("every pool type has words, and so has every parameter", () => {
  expect(Object.keys(poolTypeWords).sort()).toEqual(Object.keys(poolTypes).sort());
  for (const [name, { parameters }] of Object.entries(poolTypes))
    for (const parameter of Object.keys(parameters)) expect(poolParameterTitle(name, parameter)).not.toBe(parameter);
  const titles = Object.values(poolTypeWords).map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});
