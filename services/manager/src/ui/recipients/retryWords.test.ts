import { expect, test } from "vitest";
import { retryWords } from "./retryWords.ts";

test("the button tells how many mails it can send now, and why not the others", () => {
  const excluded = [
    { reason: "suppressed", people: 40 },
    { reason: "unsubscribed", people: 1 },
  ];
  expect(retryWords({ mails: 17, excluded }, 0)).toEqual({
    label: "Retry: 17 mails",
    explanation: [
      "Starts Send again: it tries 17 failed or waiting mails again, and mails people who became eligible since. The exact number is shown first.",
      "41 mails cannot be retried (Address does not exist, as a mail server said before: 40 mails; Unsubscribed from all mail: 1 mail).",
    ],
  });
});

test("where none of the failed can be mailed, it says so and there is nothing to press for", () => {
  const words = retryWords({ mails: 0, excluded: [{ reason: "suppressed", people: 61 }] }, 0);
  expect(words).toMatchObject({ label: "Nothing to retry", nobody: "No failed or waiting mail can be sent now." });
  expect(words.explanation.join()).toContain("61 mails cannot be retried");
});

test("people the last run did not begin are mailed, too", () => {
  const { label, nobody, explanation } = retryWords({ mails: 0, excluded: [] }, 5);
  expect({ label, nobody }).toEqual({ label: "Retry: 5 mails", nobody: undefined });
  expect(explanation[0]).toContain("it mails up to 5 people the last run did not begin");
});

test("nothing can be pressed before it is known, or when it could not be found out", () => {
  expect(retryWords(undefined, 5).nobody).toMatch(/^Wait/);
  expect(retryWords(undefined, 5, new Error("The stage reg is not configured.")).nobody).toContain("The stage reg");
});
