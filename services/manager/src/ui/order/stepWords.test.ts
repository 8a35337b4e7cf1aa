import { readySteps } from "@email-agent/shared/domain/workOrder.ts";
import { expect, test } from "vitest";
import { momentText } from "../shell/momentText.ts";
import { duration, localTimes, stepHelp, stepTitle, testerWords, waitingWord } from "./stepWords.ts";

const once = { sendContinuously: false, sendInterval: 3600 };

test("Send is named for how it sends", () => {
  expect(stepTitle(once, "Send")).toBe("Send-Once");
  expect(stepTitle({ ...once, sendContinuously: true }, "Send")).toBe("Send-Continuously");
  expect(stepTitle(once, "Dry-Run")).toBe("Dry-Run");
  const help = stepHelp({ sendContinuously: true, sendInterval: 600, sendUntil: "2026-11-25T17:00:00.000Z" }, "Send");
  expect(help).toContain("every 10 minutes until ");
});

test.each([
  [0.4, "1 second"],
  [45, "45 seconds"],
  [60, "1 minute"],
  [3600, "1 hour"],
  [5400, "1 hour 30 minutes"],
  [86_400, "24 hours"],
])("%d s are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test("instants in texts from the services are shown in the viewer's time zone", () => {
  const at = "2026-11-25T17:00:00.000Z";
  expect(localTimes(`Pass done. The next begins at ${at}.`)).toBe(`Pass done. The next begins at ${momentText(at)}.`);
  expect(localTimes("Published EN, DE.")).toBe("Published EN, DE.");
});

test("testers in texts from the services are named by their label, where this user gets it", () => {
  const labels = new Map([["t-1", "press@agency.example"]]);
  const text = "1 of 3 test mails were not sent. EN: Tester t-1: failed, 550. Tester t-10 waits until later.";
  expect(testerWords(text, labels)).toBe(
    "1 of 3 test mails were not sent. EN: press@agency.example: failed, 550. Tester t-10 waits until later.",
  );
  expect(testerWords("The tester t-1 does not exist.", labels)).toBe("The tester t-1 does not exist.");
});

test("a step whose predecessor is not complete waits for it, and is not called ready", () => {
  const steps = { ...readySteps(), Count: { status: "complete" as const }, Test: { status: "error" as const } };
  const words = Object.keys(steps).map((name) => waitingWord({ steps }, name as keyof typeof steps));
  expect(words).toEqual([undefined, undefined, "Waits for Prepare", undefined, "Waits for Test"]);
});
