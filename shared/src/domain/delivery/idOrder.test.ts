import fc from "fast-check";
import { expect, test } from "vitest";
import { compareIds } from "./idOrder.ts";

test("ids are ordered as DynamoDB orders them: by their UTF-8 bytes", () => {
  const ids = fc.string({
    unit: fc.constantFrom("a", "B", "-", "é", "\uffee", "😀", "\u{10ffff}", "日"),
    maxLength: 4,
  });
  fc.assert(
    fc.property(ids, ids, (one, other) => {
      expect(Math.sign(compareIds(one, other))).toBe(Buffer.compare(Buffer.from(one), Buffer.from(other)));
    }),
  );
  // Where JavaScript's own order is another one.
  expect("😀" < "\uffee").toBe(true);
  expect(compareIds("😀", "\uffee")).toBeGreaterThan(0);
});
