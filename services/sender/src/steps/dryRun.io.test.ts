import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { dryRunRecipients } from "@email-agent/shared/adapters/dryRunRecipients.ts";
import { events } from "@email-agent/shared/adapters/events.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { aStepRun } from "@email-agent/shared/testing/aStepRun.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { count } from "../../../campaign/src/steps/count.ts";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture, silent, somePeople } from "../../testing/sendFixture.ts";

async function linesOf(fixture: SendFixture, runId: string, language: string) {
  const lines = [];
  for await (const page of dryRunRecipients(fixture.stack.aws, fixture.stack.config).pages(runId, language))
    lines.push(...page);
  return lines;
}

test("acceptance 11: Spanish readers get both, French EN only; no one who must not; Dry-Run's numbers are Count's", async () => {
  const readers = ["English", "Spanish", "French"];
  const suppressed = { address: "GONE@example.org", code: "5.1.1", at: "2026-01-01T00:00:00.000Z" };
  await using fixture = await openSendFixture({
    people: [
      ...somePeople(90, (n) => ({ writtenLangPref: readers[n % 3] as string })),
      aParticipant({ unsubscribe: true }),
      aParticipant({ email: "" }),
      aParticipant({ email: "gone@example.org", suppression: suppressed }),
      aParticipant({ emails: { E2026_weekend_reg_EN: "2026-01-01" } }),
      aParticipant({ id: "spanish", writtenLangPref: "spanish", first: "Núria" }),
    ],
  });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({ languages: ["EN", "SP"] });
  const { aws, config } = fixture.stack;
  const counted = await count({
    config: configTable(aws, config, { log: silent }),
    events: events(aws, config),
    participants: participants(aws, config),
    deliveries: deliveries(aws, config),
  })(aStepRun("Count", order));
  const runId = await fixture.command(order.id, "Dry-Run", "start");
  const step = await fixture.ended(order.id, "Dry-Run");

  expect(step).toMatchObject({ status: "complete", resultRunId: runId });
  expect(step.counters).toEqual(counted.counters);
  expect(step.languages).toEqual(counted.languages);
  const [english, spanish] = [await linesOf(fixture, runId, "EN"), await linesOf(fixture, runId, "SP")];
  expect([english.length, spanish.length]).toEqual([91, 31]);
  expect(spanish.find(({ participantId }) => participantId === "spanish")).toMatchObject({
    name: "Núria García",
    subject: "Registration is open (SP)",
    status: "ok",
  });
  expect(fixture.inbox.messages()).toEqual([]);
});

test("acceptance 21: content with an unknown macro reaches no mailbox, whatever step is tried", async () => {
  await using fixture = await openSendFixture({ people: somePeople(3) });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({ testers: ["p-1"] }, "<p>Dear ||nickname||</p>");
  await fixture.addPeople([aParticipant({ id: "p-1" })]);
  for (const name of ["Dry-Run", "Test", "Send"] as const) {
    // Each is tried by itself: its predecessor is taken as complete.
    const fresh = await fixture.orders.get(order.id);
    const earlier = ["Dry-Run", "Test"].filter((other) => other !== name);
    await fixture.orders.write(order.id, {
      set: earlier.map((other) => [["steps", other, "status"], "complete"]),
      remove: [],
      when: [{ path: ["version"], equals: fresh?.version as number }],
    });
    await fixture.command(order.id, name, "start");
    const step = await fixture.ended(order.id, name);
    expect(step.status, name).toBe("error");
    expect(step.message, name).toMatch(/nickname/);
  }
  expect(fixture.inbox.messages()).toEqual([]);
});

test("what cannot be rendered is listed and makes the step an error; the others are still rendered", async () => {
  await using fixture = await openSendFixture({
    people: somePeople(60, (n) => ({ programs: { E2026: { whichRetreats: { "A-week": n % 20 !== 0 } } } })),
    event: { config: { pool: "everyone", whichRetreatsConfig: { "A-week": { prompt: "week" } } } },
  });
  await fixture.addPrompt("default#week#EN", "One week");
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({}, "<p>||retreats||</p>");
  const runId = await fixture.command(order.id, "Dry-Run", "start");
  const step = await fixture.ended(order.id, "Dry-Run");
  expect(step).toMatchObject({ status: "error", counters: { total: 60, sent: 57, failed: 3 } });
  expect(step.details).toHaveLength(3);
  expect(step.resultRunId).toBeUndefined();
  const lines = await linesOf(fixture, runId, "EN");
  expect(lines).toHaveLength(60);
  expect(lines.filter(({ status }) => status === "error")).toHaveLength(3);
});

test("acceptance 64: Dry-Run and Send leave a broken record out, name its field, and mail all others", async () => {
  await using fixture = await openSendFixture({ people: somePeople(30) });
  await using _sender = await startSender(fixture, quick);
  await fixture.addPeople([
    { ...aParticipant({ id: "broken", email: "broken@example.org" }), unsubscribe: "1" } as never,
  ]);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Dry-Run", "start");
  const dryRun = await fixture.ended(order.id, "Dry-Run");
  expect(dryRun).toMatchObject({
    ...{ status: "complete", counters: { sent: 30 }, languages: { EN: { reasons: { "invalid-record": 1 } } } },
    details: [
      { rule: "invalid-record", severity: "warning", text: expect.stringMatching(/broken .*field unsubscribe/) },
    ],
  });
  expect(dryRun.message).toContain("1 person is not mailed");
  await fixture.command(order.id, "Send", "start");
  const send = await fixture.ended(order.id, "Send");
  expect(send).toMatchObject({ status: "complete", languages: { EN: { sent: 30, reasons: { "invalid-record": 1 } } } });
  expect(send.message).toContain("Left out: 1 with a record that has a field that does not fit.");
  expect(fixture.inbox.messages().filter(({ to }) => to.includes("broken@example.org"))).toEqual([]);
});

test("acceptance 65: two records with one address: Dry-Run says so and names them, and each gets its mail", async () => {
  await using fixture = await openSendFixture({
    people: [
      aParticipant({ id: "ana", email: "same@example.org", writtenLangPref: "Spanish" }),
      aParticipant({ id: "bo", email: " Same@example.org ", writtenLangPref: "Spanish" }),
    ],
  });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({ languages: ["EN", "SP"] });
  await fixture.command(order.id, "Dry-Run", "start");
  const { message, details = [] } = await fixture.ended(order.id, "Dry-Run");
  expect(message).toContain("1 address is on more than one record (2 people)");
  expect(details).toHaveLength(2);
  expect(details[1]?.text).toMatch(/^Participant (ana|bo) has the same address as participant (ana|bo)\.$/);
  await fixture.command(order.id, "Send", "start");
  expect(await fixture.ended(order.id, "Send")).toMatchObject({ status: "complete", counters: { sent: 4 } });
  expect(fixture.inbox.messages().map(({ to }) => to[0]?.toLowerCase())).toEqual(Array(4).fill("same@example.org"));
});

test("closed registration and a missing account are said before anybody is rendered", async () => {
  await using fixture = await openSendFixture({
    people: somePeople(3),
    event: { subEvents: { weekend: { regLinkAvailable: false } } },
  });
  await using _sender = await startSender(fixture, quick);
  const closed = await fixture.addOrder({ regLinkPresent: true });
  await fixture.command(closed.id, "Dry-Run", "start");
  expect((await fixture.ended(closed.id, "Dry-Run")).message).toMatch(/Registration links of E2026, weekend/);
  const accountless = await fixture.addOrder({ eventCode: "F2026", account: "unknown" });
  await fixture.command(accountless.id, "Dry-Run", "start");
  expect((await fixture.ended(accountless.id, "Dry-Run")).message).toMatch(/account "unknown"/);
  expect(await fixture.itemsOf(fixture.stack.config.DRY_RUN_TABLE)).toEqual([]);
});
