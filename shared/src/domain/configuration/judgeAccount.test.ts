import { expect, test } from "vitest";
import { judgeAccount } from "./judgeAccount.ts";

const defaults = { EMAIL_FROM: "office@example.org", MAILCHIMP_REPLY_TO: "" };

test.each([
  ["a provider, a domain and all others", { google: 2, "example.org": 1, other: 5 }, {}],
  ["no provider", { Google: 2 }, { "receivingLimits.Google": expect.stringContaining("is no receiving domain") }],
  [
    "more than the account's rate",
    { google: 11 },
    { "receivingLimits.google.ratePerSecond": "Enter 10 at most: that is the rate of the account." },
  ],
])("limits of receiving domains: %s", (_, rates, faults) => {
  const limits = Object.entries(rates).map(([group, ratePerSecond]) => [group, { ratePerSecond }]);
  const receivingLimits = Object.fromEntries(limits);
  expect(judgeAccount({ name: "main", ratePerSecond: 10, receivingLimits }, defaults)).toEqual(faults);
});

test("a warm-up rises, in a zone that exists", () => {
  const warmUp = { startsOn: "2026-05-04", timeZone: "Berlin", days: [50, 40, 60] };
  expect(judgeAccount({ name: "main", warmUp }, defaults)).toEqual({
    "warmUp.timeZone": '"Berlin" is no time zone. Enter one as Europe/Berlin or UTC.',
    "warmUp.days.1": "Enter 50 or more: a warm-up never becomes smaller.",
  });
  const right = { startsOn: "2026-05-04", timeZone: "Europe/Berlin", days: [50, 50, 60] };
  expect(judgeAccount({ name: "main", warmUp: right }, defaults)).toEqual({});
});
