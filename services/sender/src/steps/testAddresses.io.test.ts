import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture } from "../../testing/sendFixture.ts";

const outside = "t-01JZZZZZZZZZZZZZZZZZZZZZZZ";
const html =
  '<html><body><p>Dear ||name||, <a href="*|UNSUB|*">unsubscribe</a> <a href="*|ARCHIVE|*">view</a></p></body></html>';

async function world(...testers: readonly Record<string, unknown>[]): Promise<SendFixture> {
  const fixture = await openSendFixture({ people: [aParticipant({ id: "inside", email: "inside@example.org" })] });
  const { aws, config } = fixture.stack;
  for (const { id, ...fields } of testers)
    await aws.dynamo.send(
      new PutCommand({ TableName: config.CONFIG_TABLE, Item: { pk: "tester", sk: id, ...fields } }),
    );
  return fixture;
}

test("acceptance 123: a tester may be an address that is no participant", async () => {
  const named = { id: "press", label: "Press", email: "press@agency.example", first: "Núria", last: "Roca" };
  const typed = { event: "E2026", by: "anna", at: "2026-01-01T00:00:00.000Z" };
  await using fixture = await world(named, { id: outside, email: "typed@agency.example", typed });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({ languages: ["EN", "SP"], testers: ["press", outside, "inside"] }, html);
  await fixture.command(order.id, "Test", "start");
  const step = await fixture.ended(order.id, "Test");
  expect(step).toMatchObject({ status: "complete", counters: { total: 6, sent: 6 } });
  const mails = await Promise.all(fixture.inbox.messages().map((_, n) => fixture.inbox.parsed(n + 1)));
  const to = (address: string) => mails.filter((mail) => mail.to?.[0]?.address === address);
  const [own] = to("typed@agency.example");
  expect(to("typed@agency.example")).toHaveLength(2);
  expect(to("press@agency.example")).toHaveLength(2);
  expect(own?.subject).toMatch(/^TEST: /);
  expect(own?.html).toContain("Dear Example");
  expect(to("press@agency.example")[0]?.html).toContain("Dear Núria");
  // Personal links look as in a real mail and open nothing: no signed token is in it.
  for (const mail of [...to("typed@agency.example"), ...to("press@agency.example")]) {
    expect(mail.html).toContain("https://mail.example.org/u/preview");
    expect(mail.html).toContain("https://mail.example.org/view/preview");
    const unsubscribe = mail.headers.find(({ key }) => key === "list-unsubscribe")?.value;
    expect(String(unsubscribe)).toContain("https://mail.example.org/u/preview");
  }
  expect(to("inside@example.org")[0]?.html).not.toContain("/u/preview");
  // The address is in the ledger, as that of a participant, and nowhere else that is shown to everyone.
  const { config } = fixture.stack;
  expect(JSON.stringify(await fixture.itemsOf(config.DELIVERIES_TABLE))).toContain("typed@agency.example");
  const shown = [config.WORK_ORDERS_TABLE, config.AUDIT_TABLE].map((table) => fixture.itemsOf(table));
  expect(JSON.stringify(await Promise.all(shown))).not.toContain("agency.example");
  expect((await fixture.itemsOf(config.PARTICIPANTS_TABLE)).map(({ id }) => id)).toEqual(["inside"]);
});

test("an address that its server does not know fails by the tester's id, and suppresses no one", async () => {
  await using fixture = await world({ id: "inside", email: "gone@agency.example" });
  const reply = "550 5.1.1 <gone@agency.example> unknown";
  fixture.inbox.script({ phase: "rcpt", recipient: "gone@agency.example", reply, times: "always" });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({ testers: ["inside"] });
  await fixture.command(order.id, "Test", "start");
  const step = await fixture.ended(order.id, "Test");
  expect(step).toMatchObject({ status: "error", counters: { sent: 0, failed: 1 } });
  expect(step.message).toContain("Tester inside: failed");
  expect(JSON.stringify(step)).not.toContain("gone@");
  const [person] = await fixture.itemsOf(fixture.stack.config.PARTICIPANTS_TABLE);
  expect(person).toMatchObject({ id: "inside", email: "inside@example.org" });
  expect(person).not.toHaveProperty("suppression");
});

test("a tester whose item was removed is named", async () => {
  await using fixture = await world();
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({ testers: ["inside", outside] });
  await fixture.command(order.id, "Test", "start");
  expect(await fixture.ended(order.id, "Test")).toMatchObject({
    status: "error",
    message: `The tester ${outside} does not exist.`,
  });
  expect(fixture.inbox.messages()).toEqual([]);
});
