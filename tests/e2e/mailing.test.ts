import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { stepNames } from "@email-agent/shared/domain/steps.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectReconciled, type Story, startStory } from "./story.ts";

let story: Story;
beforeAll(async () => {
  story = await startStory(300);
});
afterAll(() => story?.[Symbol.asyncDispose]());

describe("from a command in the table to the inbox, and back over the WebSocket", () => {
  test("the five steps end complete, and every number agrees with the inbox", { timeout: 120_000 }, async () => {
    const { id } = await story.order("SUMMER26", "reg");
    const ended = await story.complete(id, ...stepNames);
    expectReconciled(story.stack, ended);

    const { Count, "Dry-Run": dryRun, Test, Send } = ended.steps;
    expect(Send.counters?.sent).toBeGreaterThan(100);
    expect(Test.counters).toMatchObject({ total: 9, sent: 9 });
    // Acceptance 11: Count's numbers equal Dry-Run's.
    for (const code of ended.languages)
      expect(dryRun.languages?.[code]).toMatchObject({
        total: Count.languages?.[code]?.total,
        sent: Count.languages?.[code]?.sent,
      });
  });

  test("acceptance 11: a Spanish reader has the English and the Spanish mail, a French reader the English one only", async () => {
    const order = await story.order("SUMMER26", "reg");
    const byLanguage = async (name: string) => {
      const readers: string[] = [];
      for await (const people of participantsOf(story)) {
        const eligible = people.filter(
          (one) => one.writtenLangPref === name && one.email && !one.unsubscribe && one.practice?.["newsletter"],
        );
        readers.push(
          ...eligible
            .filter((one) => !one.programs?.["SUMMER26"]?.join && !one.programs?.["SUMMER26"]?.test)
            .map((one) => one.email as string),
        );
      }
      return readers;
    };
    const languagesOf = (address: string) =>
      story.stack.inbox
        .messages({ to: address, test: false })
        .map((mail) => mail.mailingKey.split("_").at(-1))
        .sort();
    const [spanish, french] = [await byLanguage("Spanish"), await byLanguage("French")];
    expect(spanish.length).toBeGreaterThan(5);
    expect(french.length).toBeGreaterThan(1);
    for (const address of spanish) expect(languagesOf(address)).toEqual(["EN", "SP"]);
    for (const address of french) expect(languagesOf(address)).toEqual(["EN"]);
    expect(mailingKey(order, "EN")).toBe("SUMMER26_main_reg_EN");
  });

  test("a mail is personal, whole and signed", async () => {
    const [mail] = story.stack.inbox.messages({ mailing: "SUMMER26_main_reg_DE", test: false });
    const parsed = await story.stack.inbox.parsed(mail!.id);
    expect(parsed.subject).toMatch(/^Anmeldung: .+, sei diesen Sommer dabei$/);
    expect(parsed.text).toContain("https://register.example.org");
    expect(parsed.html).not.toMatch(/\*\|[A-Z]|\|\|[a-z]/);
    // Acceptance 24: the placeholder id became the person's in links, and the phone number with the same digits stayed.
    expect(parsed.html).toMatch(/register\.example\.org\/\?aid=SUMMER26&amp;pid=200000\d{3}"/);
    expect(parsed.html).not.toContain("pid=123456789");
    expect(parsed.html).toContain("+49 123456789");
    const header = (name: string) => parsed.headers.find((one) => one.key === name)?.value;
    expect(header("list-unsubscribe-post")).toBe("List-Unsubscribe=One-Click");
    expect(header("dkim-signature")).toContain("d=example.org");
  });

  test("a second Send mails no one again", { timeout: 60_000 }, async () => {
    const { id } = await story.order("SUMMER26", "reg");
    const before = story.stack.inbox.counts({ test: false });
    const ended = await story.complete(id, "Send");
    expect(story.stack.inbox.counts({ test: false })).toEqual(before);
    expectReconciled(story.stack, ended);
  });
});

test("acceptance 4: a stopped Send is interrupted within 2 s, begins no further mail, and a new start reaches the rest", {
  timeout: 120_000,
}, async () => {
  const { operator, stack } = story;
  const { id } = await story.order("RETREAT26", "reg");
  await story.complete(id, "Count", "Prepare", "Dry-Run", "Test");
  await operator.command(id, "Send", "start");
  await story.untilSent(id, 20);

  const stoppedAt = Date.now();
  await operator.command(id, "Send", "stop");
  await operator.until(id, (order) => order.steps.Send.status === "interrupted", 2);
  expect(Date.now() - stoppedAt).toBeLessThan(2000);
  // What was on the wire may still land; then nothing comes for as long as a stopped account would have sent sixty.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const landed = stack.inbox.messages({ test: false }).length;
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(stack.inbox.messages({ test: false }).length).toBe(landed);

  const ended = await story.complete(id, "Send");
  expectReconciled(stack, ended);
  expect(ended.steps.Send.counters).toMatchObject({ failed: 0, inDoubt: 0 });
});

test("acceptance 1: a start whose predecessor is not complete ends in error and names it", async () => {
  const { operator } = story;
  const { id } = await story.order("SUMMER26", "confirm");
  await operator.command(id, "Send", "start");
  const judged = await operator.until(id, (order) => order.steps.Send.status === "error", 10);
  expect(judged.steps.Send.message).toContain("Test");
});

async function* participantsOf({ stack }: Story) {
  const { participants } = await import("@email-agent/shared/adapters/participants.ts");
  yield* participants(stack.aws, stack.tables).pages();
}
