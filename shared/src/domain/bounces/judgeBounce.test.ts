import { expect, test } from "vitest";
import { realReplies } from "../delivery/replies/realReplies.ts";
import { judgeBounce, smtpReplyOf } from "./judgeBounce.ts";

const ses = (kind: "hard" | "soft", code: string | undefined, reply: string) =>
  judgeBounce({ kind, reply, reportedBy: "ses", ...(code !== undefined && { code }) });

test.each([
  ["hard", "5.1.1", "smtp; 550 5.1.1 user unknown", "hard", true],
  ["hard", undefined, "smtp; 550-5.1.1 The email account that you tried to reach does not exist.", "hard", true],
  ["soft", "5.1.1", "550 5.1.1 user unknown", "hard", true],
  ["hard", "5.2.2", "smtp; 552 5.2.2 Mailbox full", "soft", false],
  ["soft", "4.2.2", "The recipient's mailbox is over quota", "soft", false],
  ["soft", "4.4.7", "smtp; 450 4.4.7 Message expired: unable to deliver in 840 minutes", "soft", true],
  [
    "hard",
    "5.7.1",
    "smtp; 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
    "soft",
    false,
  ],
  ["hard", "5.7.1", "smtp; 550 5.7.1 Message rejected as spam by Content Filtering", "soft", false],
  ["hard", "5.2.1", "smtp; 550 5.2.1 The email account that you tried to reach is disabled", "soft", true],
  ["hard", "5.0.0", "smtp; 550 xyzzy", "hard", true],
  ["soft", undefined, "", "soft", true],
] as const)("SES says %s %s %s: %s", (reported, code, reply, kind, counts) => {
  expect(ses(reported, code, reply)).toEqual({ kind, counts });
});

test("a hard bounce that no rule knows is a soft one in a mailbox, which anyone may write to", () => {
  expect(judgeBounce({ kind: "hard", code: "5.0.0", reply: "xyzzy", reportedBy: "mailbox" })?.kind).toBe("soft");
  expect(judgeBounce({ kind: "hard", code: "5.1.1", reply: "no such user", reportedBy: "mailbox" })?.kind).toBe("hard");
});

test("what is no bounce has no verdict", () => {
  for (const kind of ["complaint", "delayed", "delivered", "notice"] as const)
    expect(judgeBounce({ kind, reply: "550 5.1.1 user unknown", reportedBy: "ses" })).toBeUndefined();
});

test("a reply is put into the form of SMTP", () => {
  const of = (kind: "hard" | "soft", code: string | undefined, reply: string) =>
    smtpReplyOf({ kind, reply, ...(code !== undefined && { code }) });
  expect(of("hard", "5.1.1", "smtp; 550 5.1.1 no")).toBe("550 5.1.1 no");
  expect(of("hard", "5.1.1", "no such user")).toBe("550 5.1.1 no such user");
  expect(of("soft", "4.2.2", "4.2.2 full")).toBe("450 4.2.2 full");
  expect(of("hard", undefined, "no")).toBe("550 no");
  expect(of("soft", "552", "X-Postfix; full")).toBe("552 full");
});

test("acceptance 153: every real SMTP reply means the same in a bounce: only an unknown mailbox is hard, and only the person counts", () => {
  const replies = realReplies.filter(
    ([phase, , , reply]) => /^[45]/.test(reply) && (phase === "rcpt" || phase === "dot"),
  );
  expect(replies.length).toBeGreaterThan(150);
  const wrong = replies.flatMap(([, meant, seenAt, reply]) => {
    const verdict = judgeBounce({ kind: "hard", reply: `smtp; ${reply}`, reportedBy: "mailbox" });
    // A retry helps where a mailbox is full only at the moment; in a bounce it counts as full. One reply no rule knows.
    const isFull = meant === "full" || /over ?quota/.test(reply);
    const isUnknown = seenAt === "Mimecast" && reply.includes("MCSpamSignature");
    const counts = isUnknown || (!isFull && ["gone", "later", "refused"].includes(meant));
    const expected = { kind: meant === "gone" ? "hard" : "soft", counts };
    return JSON.stringify(verdict) === JSON.stringify(expected) ? [] : [{ meant, seenAt, reply, verdict }];
  });
  expect(wrong).toEqual([]);
});
