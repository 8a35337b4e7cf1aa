import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { signPublicToken } from "@email-agent/shared/domain/delivery/publicToken.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { tableNames } from "../../../../../infra/resources.ts";
import { quick, startSender } from "../../../../sender/testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../../../sender/testing/sendFixture.ts";
import { managerOver } from "../../../testing/managerOver.ts";
import { unsubscribe } from "../public/unsubscribe.ts";
import { exportPerson } from "./exportPerson.ts";
import { finishForgetting, forgetPerson } from "./forgetPerson.ts";

const ana = () =>
  aParticipant({
    id: "p-ana",
    first: "Xanthippe",
    last: "Quillfeather",
    email: "xq@greylist.example.org",
    programs: { E2026: { join: true } },
  });
const traces = /xanthippe|quillfeather|xq@|said by phone/i;

/** Table and key of every item that still holds something of the person. */
async function itemsWithTraces(fixture: SendFixture): Promise<string[]> {
  const names = Object.keys(tableNames()).map((variable) => (fixture.environment as Record<string, string>)[variable]!);
  const found: string[] = [];
  for (const table of names)
    for (const item of await fixture.itemsOf(table))
      if (traces.test(JSON.stringify(item))) found.push(`${table}: ${JSON.stringify(item)}`);
  return found;
}

const forgetting = { id: "p-ana", by: "anna", reason: "asked in a letter" };
const never = new AbortController().signal;

test("acceptance 106: after forget nothing in any table holds name, address or reply, and the person is not mailed again", async () => {
  await using fixture = await openSendFixture({ people: [ana(), ...somePeople(3)] });
  const sender = await startSender(fixture, quick);
  let now = Date.now();
  await using over = managerOver(fixture.environment, { now: () => now });
  const { manager } = over;
  // They were a tester once.
  const changed = { kind: "tester", key: "p-ana", by: "anna", now } as const;
  await manager.configStore.change({ ...changed, before: undefined, after: { label: "Xanthippe (office)" }, id: "T1" });
  const tester = await manager.configStore.get("tester", "p-ana");
  // A mailing with Dry-Run, Test and Send; then a new revision, so that its lists are those of an earlier mailing.
  const order = await fixture.addOrder({ testers: ["p-ana"], subjects: { EN: "For *|FNAME|* *|LNAME|*" } });
  for (const step of ["Dry-Run", "Test", "Dry-Run", "Send"] as const) {
    await fixture.command(order.id, step, "start");
    expect(await fixture.ended(order.id, step)).toMatchObject({ status: "complete" });
  }
  const token = signPublicToken(manager.config.PUBLIC_TOKEN_SECRET, "unsubscribe", {
    ...{ participantId: "p-ana", mailingKey: "E2026_weekend_reg_EN" },
  });
  await unsubscribe(manager, token, new Request("https://mail.example.org/u/x", { method: "POST" }));
  expect((await itemsWithTraces(fixture)).length).toBeGreaterThanOrEqual(6);
  await manager.configStore.change({ ...changed, before: tester, after: undefined, id: "T2" });
  const before = await exportPerson(manager, "p-ana");
  expect(before.deliveries).toHaveLength(2);
  expect(before.dryRuns).toHaveLength(2);
  expect(before.audit).toMatchObject([{ what: "unsubscribed" }]);

  const result = await forgetPerson(manager, forgetting);
  expect(result).toMatchObject({ rows: 4, left: 0 });
  expect(await itemsWithTraces(fixture)).toEqual([]);
  // The row stays, with its status and its Message-ID.
  expect(await fixture.deliveries.get("E2026_weekend_reg_EN", "p-ana")).toMatchObject({
    ...{ status: "sent", name: "", email: "", messageId: before.deliveries.at(-1)?.messageId },
  });
  expect((await exportPerson(manager, "p-ana")).participant).toEqual({ id: "p-ana", forgotten: result.at });

  // A registration application writes the record again, whole: the person stays unmailable.
  const again = { TableName: manager.config.PARTICIPANTS_TABLE, Item: ana() };
  await fixture.stack.aws.dynamo.send(new PutCommand(again));
  // A process reads who was forgotten every 10 s.
  await sender[Symbol.asyncDispose]();
  await using _other = await startSender(fixture, quick);
  const next = await fixture.addOrder({ eventCode: "F2026" });
  await fixture.command(next.id, "Send", "start");
  const send = await fixture.ended(next.id, "Send");
  expect(send.languages?.["EN"]).toMatchObject({ sent: 3, reasons: { forgotten: 1 } });
  expect(fixture.inbox.messages().filter(({ to }) => to.includes("xq@greylist.example.org"))).toHaveLength(2);

  now += 11 * 60_000;
  await finishForgetting(manager, never);
  expect(await itemsWithTraces(fixture)).toEqual([]);
});

test("acceptance 106: while a Send mails them nothing is doubled, and what it writes afterwards is erased as well", async () => {
  await using fixture = await openSendFixture({
    people: [ana(), ...somePeople(30)],
    account: { ratePerSecond: 15, maxConnections: 1 },
  });
  await using _sender = await startSender(fixture, { ...quick, environment: { CHUNK_SIZE: "50" } });
  let now = Date.now();
  await using over = managerOver(fixture.environment, { now: () => now });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  await eventually("sending has begun", () => fixture.inbox.messages().length > 2);
  // Claims as a worker writes them that had read the person before they were forgotten.
  const late = { participantId: "p-ana", runId: "run-late", claimId: "c-late", attempt: 1, contentHash: "x" };
  const claim = {
    ...late,
    workOrderId: order.id,
    account: "office",
    language: "SP",
    name: "Xanthippe",
    email: "xq@x.org",
  };
  await forgetPerson(over.manager, forgetting);
  const sendingAt = new Date(now).toISOString();
  await fixture.deliveries.claim("E2026_weekend_reg_SP", [{ ...claim, sendingAt }], {
    ...{ runId: "run-late", now: sendingAt, userStarted: true },
  });

  const send = await fixture.ended(order.id, "Send");
  expect(send.status).toBe("complete");
  expect(new Set(fixture.inbox.messages().flatMap(({ to }) => to)).size).toBe(fixture.inbox.messages().length);
  now += 11 * 60_000;
  await finishForgetting(over.manager, never);
  // The claim without an outcome stays, and so the erasure stays open.
  expect(await fixture.deliveries.get("E2026_weekend_reg_SP", "p-ana")).toMatchObject({ name: "Xanthippe" });
  const reply = { status: "failed" as const, endedAt: sendingAt, smtpResponse: "550 xq@x.org: no Quillfeather here" };
  expect(
    await fixture.deliveries.settle("E2026_weekend_reg_SP", [{ participantId: "p-ana", claimId: "c-late", ...reply }]),
  ).toEqual([true]);
  await finishForgetting(over.manager, never);
  expect(await itemsWithTraces(fixture)).toEqual([]);
  const open = [];
  for await (const page of over.manager.forgottenPeople.pages()) open.push(...page);
  expect(open).toMatchObject([{ id: "p-ana", isOpen: false }]);
});

test("what keeps a person from being forgotten is named: a tester, an id that nothing knows", async () => {
  await using fixture = await openSendFixture({ people: [ana()] });
  await using over = managerOver(fixture.environment);
  await expect(forgetPerson(over.manager, { ...forgetting, id: "p-none" })).rejects.toMatchObject({
    code: "not-found",
    message: "No record and no mailing knows a participant p-none. Check the id.",
  });
  const tester = { pk: "tester", sk: "p-ana", label: "Xanthippe" };
  await fixture.stack.aws.dynamo.send(new PutCommand({ TableName: over.manager.config.CONFIG_TABLE, Item: tester }));
  await expect(forgetPerson(over.manager, forgetting)).rejects.toMatchObject({ code: "conflict" });
  expect(await over.manager.participants.get("p-ana")).toEqual(ana());
});
