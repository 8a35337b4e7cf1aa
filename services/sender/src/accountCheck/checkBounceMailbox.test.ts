import { instant } from "@email-agent/shared/domain/time.ts";
import { expect, test } from "vitest";
import { bounceMailboxLine } from "./checkBounceMailbox.ts";

const now = Date.UTC(2026, 8, 3, 12);
const minutesAgo = (minutes: number) => instant(now - minutes * 60_000);
const line = (state: Parameters<typeof bounceMailboxLine>[1]) => bounceMailboxLine({ folder: "INBOX" }, state, now);

test("acceptance 164: the check of an account says whether its bounce mailbox is read, and if not why and since when", () => {
  expect(line(undefined)).toMatchObject({ verdict: "unchecked", text: expect.stringMatching(/not read yet/) });
  expect(line({ readAt: minutesAgo(0) })).toMatchObject({
    verdict: "pass",
    text: 'Signed in, and the folder "INBOX" was read less than a minute ago.',
  });
  expect(line({ readAt: minutesAgo(11) })).toMatchObject({
    verdict: "warn",
    text: expect.stringMatching(/11 minutes/),
  });
  const problem = { text: "The IMAP server imap.example.org:993 refuses the password.", since: minutesAgo(20) };
  expect(line({ readAt: minutesAgo(21), problem })).toMatchObject({
    verdict: "fail",
    text: "The IMAP server imap.example.org:993 refuses the password. So it has been for 20 minutes.",
    repair: expect.stringMatching(/Correct/),
  });
});
