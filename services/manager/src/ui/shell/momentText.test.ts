import { expect, test } from "vitest";
import { momentText } from "./momentText.ts";

const at = "2026-12-01T23:30:00.000Z";

test("a start names weekday, date, time and zone, also of a zone that is not the viewer's", () => {
  expect(momentText(at, "start", undefined, "Europe/Berlin")).toBe("Wed 2 Dec 2026, 00:30 (Europe/Berlin)");
  expect(momentText(at, "start", undefined, "America/New_York")).toBe("Tue 1 Dec 2026, 18:30 (America/New_York)");
});
