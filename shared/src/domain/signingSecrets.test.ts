import { expect, test } from "vitest";
import { isSigned, sign, signingSecrets } from "./signingSecrets.ts";

test("the newest secret signs, every secret of the list verifies, and one that was removed does not", () => {
  const before = sign("the-old-secret", "text");
  expect(isSigned("the-new-secret, the-old-secret", "text", before)).toBe(true);
  expect(sign("the-new-secret, the-old-secret", "text")).toBe(sign("the-new-secret", "text"));
  expect(isSigned("the-new-secret", "text", before)).toBe(false);
  expect(isSigned("the-new-secret,the-old-secret", "another text", before)).toBe(false);
  for (const odd of ["", "x", `${before}AA`, `${before}\n`, `${before.slice(0, 9)}\\${before.slice(9)}`])
    expect(isSigned("the-old-secret", "text", odd)).toBe(false);
});

test("an empty secret is refused anywhere in the list", () => {
  for (const list of ["", " ", ",", "secret,", ",secret", "one,,two"])
    expect(() => signingSecrets(list), list).toThrow(RangeError);
});
