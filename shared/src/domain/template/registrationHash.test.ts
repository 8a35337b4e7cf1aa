import { expect, test } from "vitest";
import { registrationHash } from "./registrationHash.ts";

test.each(["", "Jefe", "0b".repeat(31)])(
  "a secret that is not 64 hexadecimal digits (%j) is refused by name",
  (secret) => {
    expect(() => registrationHash(secret, "17")).toThrow("REGISTRATION_HASH_SECRET must be 64 hex digits");
  },
);

// RFC 4231, test case 1 (its key of 20 bytes 0b padded to 32: HMAC pads keys with zero bytes itself).
test("a secret of 64 hexadecimal digits encodes 32 bytes", () => {
  expect(registrationHash(`${"0B".repeat(20)}${"00".repeat(12)}`, "Hi There")).toBe(
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  );
});
