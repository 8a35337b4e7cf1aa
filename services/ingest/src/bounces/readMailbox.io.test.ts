import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasDovecot } from "../../testing/dovecot.ts";
import { bounceMail, mailboxFixture } from "../../testing/mailboxFixture.ts";
import type { MailboxPorts } from "./readMailbox.ts";
import { takeReport } from "./takeReport.ts";

describe.skipIf(!hasDovecot)("a bounce mailbox", () => {
  const stack = new AsyncDisposableStack();
  let fixture: Awaited<ReturnType<typeof mailboxFixture>>;
  beforeAll(async () => {
    fixture = stack.use(await mailboxFixture());
  });
  afterAll(() => stack.disposeAsync());

  test("acceptance 161: a report is applied and then filed, and what is none stays where it is, unread", async () => {
    const box = fixture.aMailbox();
    const [hard, complained] = [await fixture.aBounce(), await fixture.aBounce()];
    const letter = "From: Bea <bea@example.org>\r\nSubject: A question\r\n\r\nIs there a place?\r\n";
    const odd = "Return-Path: <>\r\nFrom: MAILER-DAEMON@odd.example\r\nSubject: Mail failure\r\n\r\nNo.\r\n";
    for (const mail of [letter, hard.mail, odd, complained.complaint]) await fixture.dovecot.deliver(box.user, mail);
    fixture.reading(box);
    await expect.poll(async () => (await hard.delivery())?.bounced).toMatchObject({ kind: "hard", code: "5.1.1" });
    await expect.poll(async () => (await complained.delivery())?.complained).toMatchObject({ type: "abuse" });
    expect(await hard.person()).toMatchObject({ suppression: { address: `${hard.id}@example.org` } });
    expect(await complained.person()).toMatchObject({ unsubscribe: true });
    await expect.poll(async () => (await fixture.dovecot.mails(box.user, "INBOX.Processed")).length).toBe(2);
    await expect
      .poll(async () => (await fixture.dovecot.mails(box.user)).map(({ text, flags }) => [text, flags]))
      .toEqual([
        [letter, ""],
        [odd, "F"],
      ]);
    // A mail that arrives later is announced.
    const next = await fixture.aBounce();
    await fixture.dovecot.deliver(box.user, next.mail);
    await expect.poll(async () => (await next.delivery())?.bounced?.kind).toBe("hard");
    await expect.poll(() => fixture.mailboxes.get(box.key)).toMatchObject({ lastUid: 5, readAt: expect.any(String) });
  });

  test("what cannot be read and what is about no mail of ours is kept for a person to see", async () => {
    const box = fixture.aMailbox();
    const before = await fixture.keptReports();
    await fixture.dovecot.deliver(
      box.user,
      "Return-Path: <>\r\nFrom: MAILER-DAEMON@odd.example\r\nSubject: Failure\r\n\r\nNo.\r\n",
    );
    await fixture.dovecot.deliver(
      box.user,
      bounceMail("someone@example.org", { messageId: "<1@elsewhere.example>", token: "x" }),
    );
    fixture.reading(box);
    await expect.poll(async () => (await fixture.keptReports()) - before).toBe(2);
    // Nothing of it is moved: another program may wait for the second.
    await expect.poll(async () => (await fixture.dovecot.mails(box.user)).map(({ flags }) => flags)).toEqual(["F", ""]);
  });

  test("acceptance 162: a crash between a report and its filing takes it again, and it counts once", async () => {
    const box = fixture.aMailbox();
    const bounce = await fixture.aBounce();
    await fixture.dovecot.deliver(box.user, bounce.mail);
    let taken = 0;
    const first = fixture.reading(box, {
      take: async (report, raw) => {
        const result = await takeReport(fixture.reports, report, raw);
        taken += 1;
        // The process ends here: nothing after the write happens.
        if (taken === 1) throw new AppError("storage", "The process was killed.");
        return result;
      },
    });
    await expect.poll(async () => (await fixture.dovecot.mails(box.user, "INBOX.Processed")).length).toBe(1);
    expect(taken).toBe(2);
    await first.stop();
    const hard = fixture.metrics.counted.filter(({ name }) => name === "HardBounces").length;
    fixture.reading(box);
    await sleep(800);
    expect(fixture.metrics.counted.filter(({ name }) => name === "HardBounces")).toHaveLength(hard);
  });

  test("acceptance 162: one process reads, and another goes on when it ends or is lost", async () => {
    const box = fixture.aMailbox();
    const takes: string[] = [];
    const take = (who: string): Partial<MailboxPorts> => ({
      holder: who,
      take: (report, raw) => {
        takes.push(who);
        return takeReport(fixture.reports, report, raw);
      },
    });
    const [one, two, three] = [await fixture.aBounce(), await fixture.aBounce(), await fixture.aBounce()];
    const first = fixture.reading(box, take("first"));
    await expect.poll(async () => (await fixture.mailboxes.get(box.key))?.readAt).toBeDefined();
    const second = fixture.reading(box, take("second"));
    await fixture.dovecot.deliver(box.user, one.mail);
    await expect.poll(async () => (await one.delivery())?.bounced?.kind).toBe("hard");
    expect([...new Set(takes)]).toEqual(["first"]);
    // It ends, and gives the lease back.
    await first.stop();
    await fixture.dovecot.deliver(box.user, two.mail);
    await expect.poll(async () => (await two.delivery())?.bounced?.kind).toBe("hard");
    // On a busy machine a lease is proven too late now and then, and the mail is taken again by the same process.
    expect([...new Set(takes)]).toEqual(["first", "second"]);
    // It is lost: its lease runs out.
    const third = fixture.reading(box, take("third"));
    await fixture.mailboxes.hold(box.key, "second", Date.now(), Date.now() + 1500);
    const frozen = { ...fixture.mailboxes, hold: async () => undefined };
    Object.assign(second.ports, { mailboxes: frozen });
    await second.stop();
    await fixture.dovecot.deliver(box.user, three.mail);
    await expect.poll(async () => (await three.delivery())?.bounced?.kind).toBe("hard");
    expect(takes.at(-1)).toBe("third");
    await third.stop();
  });

  test("acceptance 162: a reader that was frozen while another took over begins nothing when it wakes", async () => {
    const box = fixture.aMailbox();
    const bounce = await fixture.aBounce();
    const { promise: thaw, resolve: wake } = Promise.withResolvers<void>();
    let inside = 0;
    await fixture.dovecot.deliver(box.user, bounce.mail);
    const next = await fixture.aBounce();
    await fixture.dovecot.deliver(box.user, next.mail);
    const takes: string[] = [];
    // The whole process is frozen, its heartbeats too.
    const frozen = fixture.reading(box, {
      holder: "frozen",
      mailboxes: {
        ...fixture.mailboxes,
        hold: (key, holder, now, until) =>
          inside > 0 ? thaw.then(() => undefined) : fixture.mailboxes.hold(key, holder, now, until),
      },
      take: async (report, raw) => {
        inside += 1;
        takes.push("frozen");
        await thaw;
        return takeReport(fixture.reports, report, raw);
      },
    });
    await expect.poll(() => inside).toBe(1);
    fixture.reading(box, {
      holder: "other",
      take: (report, raw) => {
        takes.push("other");
        return takeReport(fixture.reports, report, raw);
      },
    });
    await expect.poll(async () => (await fixture.dovecot.mails(box.user, "INBOX.Processed")).length).toBe(2);
    wake();
    await sleep(300);
    // It finished the report it had begun, which was applied before, and took no other.
    expect(takes).toEqual(["frozen", "other", "other"]);
    expect(await fixture.dovecot.mails(box.user)).toEqual([]);
    await frozen.stop();
  });
});
