import { expect, test } from "vitest";
import { maskedAddress } from "./maskedAddress.ts";

test.each([
  ["jane.doe@example.org", "j…@example.org"],
  ["j@example.org", "j…@example.org"],
  [" Jane@Example.org ", "J…@Example.org"],
  ['"a@b"@example.org', '"…@example.org'],
  ["😀x@example.org", "😀…@example.org"],
  ["no address", "…"],
  ["@example.org", "…"],
  ["  ", ""],
])("%s is shown as %s", (address, shown) => {
  expect(maskedAddress(address)).toBe(shown);
});
