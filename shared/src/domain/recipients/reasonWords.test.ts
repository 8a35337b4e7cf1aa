import { expect, test } from "vitest";
import { failureWords, skipReasonWords } from "./reasonWords.ts";
import { skipReasons } from "./recipientFilter.ts";

test("every skip reason has plain words, and an unknown one is shown as stored", () => {
  for (const reason of [...skipReasons, "send-until"]) expect(skipReasonWords(reason)).not.toBe(reason);
  expect(skipReasonWords("moon-phase")).toBe("moon-phase");
});

test("a permanent failure reads differently from a temporary one", () => {
  expect(failureWords(true)).not.toBe(failureWords(false));
});
