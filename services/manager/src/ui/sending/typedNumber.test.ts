import fc from "fast-check";
import { expect, test } from "vitest";
import { typedNumber } from "./typedNumber.ts";

test("a number is read with any separator between the thousands", () => {
  for (const text of ["20000", " 20000 ", "20,000", "20.000", "20'000", "20’000", "20 000", "20\u202f000", "020,000"])
    expect(typedNumber(text)).toBe(20_000);
  expect(typedNumber("1,234,567")).toBe(1_234_567);
});

test("text that is no whole number, or is grouped wrongly, gives none", () => {
  for (const text of ["", " ", "20,00", "2,0000", "20,000.5", "1,234.567", "-5", "1e3", "20k", "٢٠", ",000", "20,,000"])
    expect(typedNumber(text)).toBeUndefined();
});

test("every number is read back from every way of writing it", () => {
  const locales = fc.constantFrom("en", "de", "fr", "de-CH");
  fc.assert(
    fc.property(fc.nat(), locales, (number, locale) => {
      expect(typedNumber(new Intl.NumberFormat(locale).format(number))).toBe(number);
    }),
  );
});
