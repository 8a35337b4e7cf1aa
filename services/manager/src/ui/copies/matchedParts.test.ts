import { expect, test } from "vitest";
import { copyWords } from "./copyWords.ts";
import { matchedParts } from "./matchedParts.ts";

test("parts match by name, in any case, and the only ones of both events match each other", () => {
  expect(matchedParts(["main", "Week", "gone"], ["week", "main", "new"])).toEqual({
    main: "main",
    Week: "week",
    gone: "",
  });
  expect(matchedParts(["main"], ["weekend"])).toEqual({ main: "weekend" });
  expect(matchedParts(["main"], [])).toEqual({ main: "" });
});

test("what was done is said in one sentence", () => {
  const rows = (["created", "created", "exists", "unfit", "left"] as const).map((outcome) => ({
    ...{ from: "wo-1", subEvent: "main", stage: "reg", outcome, reasons: [], notes: [] },
  }));
  expect(copyWords(rows)).toBe("2 created, 1 there already, 1 that does not fit, 1 left out.");
  expect(copyWords(rows.slice(2, 3))).toBe("1 there already.");
  expect(copyWords([])).toBe("The event has no work orders.");
});
