import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { quick, startSender } from "../../../../sender/testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../../../sender/testing/sendFixture.ts";
import { managerOver } from "../../../testing/managerOver.ts";
import { askToUnsubscribe, unsubscribe } from "./unsubscribe.ts";

/** A header of a received mail, unfolded. */
function header(fixture: SendFixture, id: number, name: string): string | undefined {
  const raw = fixture.inbox
    .source(id)
    .toString("utf8")
    .replace(/\r\n[ \t]+/g, " ");
  return raw
    .split("\r\n")
    .find((line) => line.startsWith(`${name}: `))
    ?.slice(name.length + 2);
}

test("acceptance 26: the button of a mail program holds for every message begun 2 s later; opening the link changes nothing", async () => {
  const people = somePeople(90, (n) => ({ email: `reader-${n}@example.org`, writtenLangPref: "Spanish" }));
  await using fixture = await openSendFixture({
    people,
    account: { ratePerSecond: 30, maxConnections: 1, providerSigns: true },
  });
  // Chunks of few people on one connection: the second language begins when the first is nearly through.
  await using _sender = await startSender(fixture, { ...quick, environment: { CHUNK_SIZE: "10" } });
  await using over = managerOver(fixture.environment);
  const order = await fixture.addOrder({ languages: ["EN", "SP"] });
  await fixture.command(order.id, "Send", "start");
  const first = await eventually("a mail has arrived", () => fixture.inbox.messages()[0]);

  const [link = ""] = /https:[^>]+/.exec(header(fixture, first.id, "List-Unsubscribe") ?? "") ?? [];
  expect(header(fixture, first.id, "List-Unsubscribe-Post")).toBe("List-Unsubscribe=One-Click");
  const token = new URL(link).pathname.replace(/^\/u\//, "");
  const reader = people.find(({ email }) => first.to.includes(email as string))!;

  expect((await askToUnsubscribe(over.manager, token, new Request(link))).status).toBe(200);
  expect((await over.manager.participants.get(reader.id))?.unsubscribe).toBeUndefined();

  // RFC 8058 3.2: what a mail program posts, without cookie.
  const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" });
  const answer = await unsubscribe(over.manager, token, new Request(link, { method: "POST", body }));
  const unsubscribedAt = Date.now();
  expect(answer.status).toBe(200);

  const step = await fixture.ended(order.id, "Send");
  const later = fixture.inbox.messages().filter(({ at }) => Date.parse(at) > unsubscribedAt + 2000);
  expect(later.length).toBeGreaterThan(60);
  expect(later.filter(({ to }) => to.includes(reader.email as string))).toEqual([]);
  expect(fixture.inbox.messages().filter(({ to }) => to.includes(reader.email as string))).toHaveLength(1);
  expect(step.languages).toMatchObject({
    EN: { sent: 90 },
    SP: { sent: 89, skipped: 1, reasons: { unsubscribed: 1 } },
  });
});
