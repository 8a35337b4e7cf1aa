import { expect, test } from "vitest";
import { registrationHash } from "./registrationHash.ts";

// RFC 4231, test cases 2 and 1 (its key of 20 bytes 0b padded to 32: HMAC pads keys with zero bytes itself).
test("a secret that is not 64 hexadecimal digits counts as text", () => {
  expect(registrationHash("Jefe", "what do ya want for nothing?")).toBe(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
});

test("a secret of 64 hexadecimal digits stands for 32 bytes", () => {
  expect(registrationHash(`${"0B".repeat(20)}${"00".repeat(12)}`, "Hi There")).toBe(
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  );
});
