import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture, somePeople } from "../../testing/sendFixture.ts";

const testers = () => [
  aParticipant({ id: "tester-1", email: "one@example.org" }),
  aParticipant({ id: "tester-2", email: "two@example.org", programs: {} }),
];

test("every tester gets every language, behind TEST:, and no one counts as reached", async () => {
  await using fixture = await openSendFixture({
    people: [...testers(), ...somePeople(5)],
    stage: { prefix: { EN: "Registration: " } },
  });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({ languages: ["EN", "SP"], testers: ["tester-1", "tester-2"] });
  const runId = await fixture.command(order.id, "Test", "start");
  const step = await fixture.ended(order.id, "Test");
  expect(step).toMatchObject({ status: "complete", counters: { total: 4, sent: 4, failed: 0 } });
  expect(
    fixture.inbox
      .messages()
      .map(({ to, subject }) => `${to.join()} ${subject}`)
      .sort(),
  ).toEqual([
    "one@example.org TEST: Registration is open (SP)",
    "one@example.org TEST: Registration: Registration is open (EN)",
    "two@example.org TEST: Registration is open (SP)",
    "two@example.org TEST: Registration: Registration is open (EN)",
  ]);
  const partitions = (await fixture.itemsOf(fixture.stack.config.DELIVERIES_TABLE)).map(
    ({ pk }) => String(pk).split("#")[0],
  );
  expect(new Set(partitions)).toEqual(new Set([`E2026_weekend_reg_EN~${runId}`, `E2026_weekend_reg_SP~${runId}`]));

  await fixture.command(order.id, "Send", "start");
  expect(await fixture.ended(order.id, "Send")).toMatchObject({ status: "complete", languages: { EN: { sent: 7 } } });
});

test("one failing tester makes it an error that names the tester and no address; the others get theirs", async () => {
  await using fixture = await openSendFixture({ people: testers() });
  const unknown = "550 5.1.1 <one@example.org> unknown";
  fixture.inbox.script({ phase: "rcpt", recipient: "one@example.org", reply: unknown, times: "always" });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({ testers: ["tester-1", "tester-2"] });
  await fixture.command(order.id, "Test", "start");
  const step = await fixture.ended(order.id, "Test");
  expect(step).toMatchObject({ status: "error", counters: { total: 2, sent: 1, failed: 1 } });
  expect(step.message).toMatch(/tester-1.*5\.1\.1/);
  expect(JSON.stringify(step)).not.toContain("one@example.org");
  expect(fixture.inbox.messages().map(({ to }) => to)).toEqual([["two@example.org"]]);
});

test("what a Test says of a reply hides the tester's own local part, however it is written", async () => {
  const people = [
    aParticipant({ id: "t-1", email: "ana.tester@example.org" }),
    aParticipant({ id: "t-2", email: "bo.tester@example.org" }),
  ];
  await using fixture = await openSendFixture({ people });
  const refused = (recipient: string, reply: string) =>
    fixture.inbox.script({ phase: "rcpt", recipient, reply, times: "always" });
  refused("ana.tester@example.org", "550 5.1.1 User Ana.Tester does not exist");
  refused("bo.tester@example.org", "451 4.7.1 Greylisted for bo.tester");
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({ testers: ["t-1", "t-2"] });
  await fixture.command(order.id, "Test", "start");
  const said: string[] = [];
  await eventually("the Test has ended", async () => {
    const step = await fixture.step(order.id, "Test");
    said.push(JSON.stringify(step));
    return step.status === "error";
  });
  expect(said.join("\n")).toContain("t-2 waits until");
  expect(said.at(-1)).toContain("User … does not exist");
  expect(said.join("\n")).not.toMatch(/(ana|bo)\.tester/i);
});

test("a Test that waits for its account says why", async () => {
  await using fixture = await openSendFixture({ people: testers() });
  fixture.inbox.script({ phase: "greeting", cut: "close", times: "always" });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({ testers: ["tester-1"] });
  await fixture.command(order.id, "Test", "start");
  const said: string[] = [];
  await eventually("the Test has said why", async () => {
    said.push((await fixture.step(order.id, "Test")).message ?? "");
    return said.some((message) => /waits until .*because its mail server could not be reached/.test(message));
  });
});

test("a greylisted tester is tried again until the mail is through", async () => {
  await using fixture = await openSendFixture({ people: testers() });
  const greylisting = fixture.inbox.script({ phase: "rcpt", reply: "451 4.7.1 Greylisted", times: 2 });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({ testers: ["tester-1"] });
  await fixture.command(order.id, "Test", "start");
  expect(await fixture.ended(order.id, "Test")).toMatchObject({ status: "complete", counters: { sent: 1 } });
  expect(greylisting.hits).toBe(2);
  expect(fixture.inbox.messages()).toHaveLength(1);
});

test("acceptance 61: while one tester is greylisted, the others and the other languages get their mail, and the waiting one is named", async () => {
  await using fixture = await openSendFixture({
    people: [...testers(), aParticipant({ id: "tester-3", email: "three@example.org" })],
  });
  // One is greylisted for a while, one is refused permanently, one gets everything.
  const greylisting = { phase: "rcpt", recipient: "one@example.org", reply: "451 4.7.1 Greylisted" } as const;
  fixture.inbox.script({ ...greylisting, times: 4 });
  fixture.inbox.script({ phase: "rcpt", recipient: "two@example.org", reply: "550 5.7.1 Not here", times: "always" });
  const limits = { ...quick.limits, retryMilliseconds: [3000, 400, 400] };
  await using _sender = await startSender(fixture, { ...quick, limits });
  const order = await fixture.addOrder({ languages: ["EN", "SP"], testers: ["tester-1", "tester-2", "tester-3"] });
  await fixture.command(order.id, "Test", "start");
  const waiting = await eventually("both languages wait for tester-1 alone", async () => {
    const { status, details = [], counters, message } = await fixture.step(order.id, "Test");
    expect(status).toBe("working");
    const named = details.filter(({ rule }) => rule === "waiting");
    return named.length === 2 ? { named, counters, message } : undefined;
  });
  expect(
    fixture.inbox
      .messages()
      .map(({ to, subject }) => `${to.join()} ${subject}`)
      .sort(),
  ).toEqual(["three@example.org TEST: Registration is open (EN)", "three@example.org TEST: Registration is open (SP)"]);
  expect(waiting.named.map(({ language }) => language)).toEqual(["EN", "SP"]);
  for (const { text } of waiting.named)
    expect(text).toMatch(/^Tester tester-1 waits until \d{4}-\S+Z: .*451 4\.7\.1 Greylisted/);
  expect(waiting.message).toMatch(/^2 of 6 test mails sent\. EN: Tester tester-1 waits until/);
  expect(waiting.counters).toMatchObject({ total: 6, sent: 2, failed: 2 });

  const step = await fixture.ended(order.id, "Test");
  expect(step).toMatchObject({
    status: "error",
    counters: { total: 6, sent: 4, failed: 2, skipped: 0, inDoubt: 0 },
    details: [
      { language: "EN", text: expect.stringContaining("tester-2: failed") },
      { language: "SP", text: expect.stringContaining("tester-2: failed") },
    ],
  });
  expect(fixture.inbox.duplicates()).toEqual([]);
});

test("no tester, an unknown one and one without address are said before anything is mailed", async () => {
  await using fixture = await openSendFixture({ people: [...testers(), aParticipant({ id: "silent", email: "" })] });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder();
  const messages: (string | undefined)[] = [];
  for (const chosen of [[], ["tester-1", "ghost"], ["silent"]]) {
    await fixture.orders.write(order.id, { set: [[["testers"], chosen]], remove: [], when: [] });
    await fixture.command(order.id, "Test", "start");
    const step = await fixture.ended(order.id, "Test");
    expect(step.status).toBe("error");
    messages.push(step.message);
  }
  expect(messages).toEqual([
    expect.stringContaining("no testers"),
    expect.stringContaining("ghost does not exist"),
    expect.stringContaining("silent has no address"),
  ]);
  expect(fixture.inbox.messages()).toEqual([]);
});

test("acceptance 10: a Test that finds the quota used up ends in error and says when it frees", async () => {
  await using fixture = await openSendFixture({
    people: somePeople(4, (n) => ({ id: `t-${n}` })),
    account: { quotaPer24h: 3 },
  });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({ testers: ["t-0", "t-1", "t-2", "t-3"] });
  await fixture.command(order.id, "Test", "start");
  const step = await fixture.ended(order.id, "Test");
  expect(step.status).toBe("error");
  expect(step.message).toMatch(/frees at \d{4}-/);
  expect(fixture.inbox.messages()).toHaveLength(3);
});

test("a Test taken over mails only those who have no delivery under its run", async () => {
  await using fixture = await openSendFixture({
    people: somePeople(30, (n) => ({ id: `t-${n}` })),
    account: { ratePerSecond: 10 },
  });
  const order = await fixture.addOrder({ testers: Array.from({ length: 30 }, (_, n) => `t-${n}`) });
  {
    await using _first = await startSender(fixture, quick);
    await fixture.command(order.id, "Test", "start");
    await eventually("testing has begun", () => fixture.inbox.messages().length > 3);
  }
  const before = fixture.inbox.messages().length;
  expect(before).toBeLessThan(30);
  await using _second = await startSender(fixture, quick);
  expect(await fixture.ended(order.id, "Test")).toMatchObject({
    status: "complete",
    counters: { total: 30, sent: 30 },
  });
  expect(fixture.inbox.counts()).toMatchObject([{ test: true, messages: 30, recipients: 30 }]);
});

test("acceptance 23: a hostile name breaks neither text, link, subject nor header, and is not parsed again", async () => {
  const first = `Ana <b>"&' ||pid|| *|EMAIL|*\r\nBcc: evil@example.org`;
  await using fixture = await openSendFixture({
    people: [aParticipant({ id: "tester-1", email: "one@example.org", first, last: "O'Neil" })],
  });
  await using _sender = await startSender(fixture, quick);
  const html = `<html><body><p>Dear ||name||</p><p><a href="https://example.org/x?name=||name||">Link</a></p></body></html>`;
  const order = await fixture.addOrder({ testers: ["tester-1"], subjects: { EN: "For *|FNAME|*" } }, html);
  await fixture.command(order.id, "Test", "start");
  expect(await fixture.ended(order.id, "Test")).toMatchObject({ status: "complete" });
  const mail = await fixture.inbox.parsed(1);
  expect(mail.headers.filter(({ key }) => key === "bcc")).toEqual([]);
  expect(mail.subject).toBe(`TEST: For Ana <b>"&' ||pid|| *|EMAIL|* Bcc: evil@example.org`);
  expect(mail.to?.[0]?.address).toBe("one@example.org");
  expect(mail.html).toContain("Ana &lt;b&gt;&quot;&amp;");
  expect(mail.html).toContain("||pid|| *|EMAIL|*");
  expect(mail.html).not.toContain("<b>");
  const href = /href="([^"]+)"/.exec(mail.html ?? "")?.[1] ?? "";
  expect(new URL(href).searchParams.get("name")).toMatch(/^Ana <b>"&' \|\|pid\|\| \*\|EMAIL\|\*/);
  expect(mail.text).toContain(`Ana <b>"&' ||pid||`);
});
