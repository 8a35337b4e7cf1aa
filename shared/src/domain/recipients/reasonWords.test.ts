import { expect, test } from "vitest";
import { failureWords, skipReasonWords } from "./reasonWords.ts";
import { skipReasons } from "./recipientFilter.ts";

test("every reason to skip somebody has plain words, and an unknown one is shown as it is", () => {
  for (const reason of [...skipReasons, "send-until"]) expect(skipReasonWords(reason)).not.toBe(reason);
  expect(skipReasonWords("moon-phase")).toBe("moon-phase");
});

test("a failure for good is told from one for now", () => {
  expect(failureWords(true)).not.toBe(failureWords(false));
});
