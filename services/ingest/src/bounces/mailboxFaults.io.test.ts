import { setTimeout as sleep } from "node:timers/promises";
import { aDelivery, putDeliveries } from "@email-agent/shared/testing/putDeliveries.ts";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { hasDovecot, startDovecot } from "../../testing/dovecot.ts";
import { mailboxFixture, mailing } from "../../testing/mailboxFixture.ts";

describe.skipIf(!hasDovecot)("faults around a bounce mailbox", () => {
  const stack = new AsyncDisposableStack();
  let fixture: Awaited<ReturnType<typeof mailboxFixture>>;
  beforeAll(async () => {
    fixture = stack.use(await mailboxFixture());
  });
  afterAll(() => stack.disposeAsync());

  test("a mail that is being sent is waited for: its report is taken again, and others meanwhile", async () => {
    const box = fixture.aMailbox();
    const [early, other] = [await fixture.aBounce({ status: "sending" }), await fixture.aBounce()];
    await fixture.dovecot.deliver(box.user, early.mail);
    await fixture.dovecot.deliver(box.user, other.mail);
    fixture.reading(box);
    await expect.poll(async () => (await other.delivery())?.bounced?.kind).toBe("hard");
    // Not beyond the one that waits.
    await expect.poll(async () => (await fixture.mailboxes.get(box.key))?.lastUid).toBe(0);
    const sent = aDelivery({ ...(await early.delivery()), participantId: early.id, status: "sent" });
    await putDeliveries(fixture.aws, fixture.config.DELIVERIES_TABLE, mailing, [sent]);
    await expect.poll(async () => (await early.delivery())?.bounced?.kind).toBe("hard");
    await expect.poll(async () => (await fixture.mailboxes.get(box.key))?.lastUid).toBe(2);
  });

  test("a failed sign-in is said in words, tried again with growing pauses by one process only, and repaired by the next", async () => {
    const box = fixture.aMailbox();
    let password = "wrong";
    let signIns = 0;
    const access = async () => {
      signIns += 1;
      return { ...box.access, password };
    };
    fixture.reading({ key: box.key, access });
    fixture.reading({ key: box.key, access });
    await expect
      .poll(async () => (await fixture.mailboxes.get(box.key))?.problem?.text)
      .toMatch(/refuses the user name or the password/);
    const since = (await fixture.mailboxes.get(box.key))?.problem?.since;
    await sleep(1000);
    // Two readers with pauses of 0.1, 0.2, 0.4 and 0.5 s: one of them tried.
    expect(signIns).toBeLessThanOrEqual(6);
    expect((await fixture.mailboxes.get(box.key))?.problem?.since).toBe(since);
    password = fixture.dovecot.password;
    const bounce = await fixture.aBounce();
    await fixture.dovecot.deliver(box.user, bounce.mail);
    await expect.poll(async () => (await bounce.delivery())?.bounced?.kind).toBe("hard");
    await expect.poll(async () => (await fixture.mailboxes.get(box.key))?.problem).toBeUndefined();
    expect(fixture.lines.join("\n")).not.toContain("wrong");
  });

  test("mails that are numbered anew (UIDVALIDITY) are all read again, and nothing counts twice", async () => {
    const box = fixture.aMailbox();
    const [first, second] = [await fixture.aBounce(), await fixture.aBounce()];
    const letter = "From: Bea <bea@example.org>\r\nSubject: A question\r\n\r\nIs there a place?\r\n";
    for (const mail of [letter, letter, letter, first.mail]) await fixture.dovecot.deliver(box.user, mail);
    const { stop } = fixture.reading(box);
    await expect.poll(async () => (await first.delivery())?.bounced?.kind).toBe("hard");
    await expect.poll(async () => (await fixture.mailboxes.get(box.key))?.lastUid).toBe(4);
    await stop();
    // A restored folder begins with 1 under another validity.
    await fixture.mailboxes.hold(box.key, "test", Date.now(), Date.now());
    await fixture.mailboxes.save(box.key, "test", { uidValidity: "1", lastUid: 900_000 });
    await fixture.dovecot.deliver(box.user, second.mail);
    fixture.reading(box);
    await expect.poll(async () => (await second.delivery())?.bounced?.kind).toBe("hard");
    await expect.poll(async () => (await fixture.mailboxes.get(box.key))?.lastUid).toBe(5);
  });

  test("a server that goes away is waited for, and the end comes at once while it is away or silent", async () => {
    const own = await startDovecot();
    onTestFinished(() => own[Symbol.asyncDispose]());
    const box = fixture.aMailbox();
    const bounce = await fixture.aBounce();
    const access = { ...box.access, port: own.port, password: own.password };
    const { stop } = fixture.reading({ key: box.key, access });
    await expect.poll(async () => (await fixture.mailboxes.get(box.key))?.readAt).toBeDefined();
    await own.stop();
    await expect
      .poll(async () => (await fixture.mailboxes.get(box.key))?.problem?.text, { timeout: 20_000 })
      .toMatch(/does not respond/);
    await own.deliver(box.user, bounce.mail);
    await own.start();
    await expect.poll(async () => (await bounce.delivery())?.bounced?.kind, { timeout: 20_000 }).toBe("hard");
    process.kill(-own.pid, "SIGSTOP");
    const began = performance.now();
    await stop();
    expect(performance.now() - began).toBeLessThan(2000);
    process.kill(-own.pid, "SIGCONT");
  });

  test("no address and no password is in the log", async () => {
    expect(fixture.lines.length).toBeGreaterThan(5);
    expect(fixture.lines.filter((line) => /p-\d+@example\.org|someone@example/.test(line))).toEqual([]);
    expect(fixture.lines.filter((line) => line.includes(fixture.dovecot.password))).toEqual([]);
  });
});
