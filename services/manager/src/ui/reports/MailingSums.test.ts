import { createElement } from "react";
import { expect, test } from "vitest";
import { renderPage } from "../../../testing/renderPage.ts";
import type { CountedMailing, EventReport, ReportedMailing } from "../../api/reports.ts";
import { MailingSums } from "./MailingSums.tsx";

const zeros = { failed: 0, inDoubt: 0, waiting: 0, bouncedHard: 0, bouncedSoft: 0, complained: 0, unsubscribed: 0 };
const counted = (sent: number): CountedMailing => ({
  ...{ ...zeros, sent, replies: [], otherReplies: 0 },
  ...(sent > 0 && { firstAt: "2026-03-01T08:00:00.000Z", lastAt: "2026-03-01T08:10:00.000Z" }),
});
const mailing = (key: string, planned?: number): ReportedMailing => ({
  ...{ key, orderId: `wo-${key}`, subEvent: "main", stage: key, language: "EN", archived: false, skipped: {} },
  ...(planned !== undefined && { planned }),
});

/** The footer of a report with these mailings: name, planned, sent. */
function footer(...mailings: readonly (readonly [string, number | undefined, number])[]): string {
  const report: EventReport = {
    ...{ code: "E26", name: "Summer", timeZone: "Europe/Berlin", deliveries: 0 },
    mailings: mailings.map(([key, planned]) => mailing(key, planned)),
    counted: {
      ...{ v: 1, countedAt: "2026-03-02T08:00:00.000Z", by: "Ada" },
      mailings: Object.fromEntries(mailings.map(([key, , sent]) => [key, counted(sent)])),
      people: { byMails: {}, most: [] },
    },
  };
  return /All mailings (\S+ \S+)/.exec(renderPage(createElement(MailingSums, { report }), {}))?.[1] ?? "";
}

test("the sum of planned people leaves out mailings that were not sent yet", () => {
  expect(footer(["reg", 30, 28], ["late", undefined, 0])).toBe("30 28");
});

test("there is no sum of planned people where a mailing was sent whose plan is not known", () => {
  expect(footer(["reg", 30, 28], ["info", undefined, 10])).toBe("– 38");
});
