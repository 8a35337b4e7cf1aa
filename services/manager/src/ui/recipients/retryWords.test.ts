import { expect, test } from "vitest";
import { retryWords } from "./retryWords.ts";

test("the button says how many mails it can send now, and why not the others", () => {
  const excluded = [
    { reason: "suppressed", people: 40 },
    { reason: "unsubscribed", people: 1 },
  ];
  expect(retryWords({ mails: 17, excluded }, 0)).toEqual({
    label: "Retry: 17 mails",
    explanation: [
      "Starts Send again: it retries 17 failed or waiting mails, and mails people who have become eligible since. You see the exact number first.",
      "41 mails cannot be retried (Address does not exist, as a mail server said before: 40 mails; Unsubscribed; gets only service mail of events they booked: 1 mail).",
    ],
  });
});

test("if no failed mail can be sent, the button says so and is blocked", () => {
  const words = retryWords({ mails: 0, excluded: [{ reason: "suppressed", people: 61 }] }, 0);
  expect(words).toMatchObject({ label: "Nothing to retry", blocked: "No failed or waiting mail can be sent now." });
  expect(words.explanation.join()).toContain("61 mails cannot be retried");
});

test("people the last run did not start are mailed too", () => {
  const { label, blocked, explanation } = retryWords({ mails: 0, excluded: [] }, 5);
  expect({ label, blocked }).toEqual({ label: "Retry: 5 mails", blocked: undefined });
  expect(explanation[0]).toContain("it mails up to 5 people the last run did not start");
});

test("the button is blocked while the mails are counted, and if they cannot be", () => {
  expect(retryWords(undefined, 5).blocked).toMatch(/^Wait/);
  expect(retryWords(undefined, 5, new Error("The stage reg is not configured.")).blocked).toContain("The stage reg");
});
