import { userSchema } from "@email-agent/shared/domain/configItems.ts";
import { signPublicToken, verifyPublicToken } from "@email-agent/shared/domain/delivery/publicToken.ts";
import type { StepRecord, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { aStepRun } from "@email-agent/shared/testing/aStepRun.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepare } from "../../../../campaign/src/steps/prepare.ts";
import { startPrepareFixture } from "../../../../campaign/testing/prepareFixture.ts";
import { openSendFixture, type SendFixture } from "../../../../sender/testing/sendFixture.ts";
import { type ManagerUnderTest, managerOver } from "../../../testing/managerOver.ts";
import { makePreview, type PreviewQuery, previewQuery } from "./makePreview.ts";

const profile = { PROFILE_URL: "https://reg.example.org/profile", REGISTRATION_HASH_SECRET: "ab".repeat(32) };
const at = "2026-03-01T08:00:00.000Z";
let fixture: SendFixture;
let over: ManagerUnderTest;
let parts = 0;

beforeAll(async () => {
  const subEvents = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`part-${n}`, {}]));
  fixture = await openSendFixture({
    event: { subEvents },
    account: { fromName: "Büro", unsubscribeMailto: "leave@example.org", providerSigns: true },
    stage: { prefix: { EN: "Registration: " } },
    settings: { mergeFields: { PARTNER: "partner.email" } },
  });
  over = managerOver({ ...fixture.environment, ...profile }, { now: () => Date.parse(at) });
});
afterAll(async () => {
  await over[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const writer = userSchema.parse({ id: "anna", name: "Anna", role: "write", eventAccess: ["*"], showAddresses: true });
const reader = userSchema.parse({ id: "rita", name: "Rita", role: "read", eventAccess: ["E2026"] });

/** An order of a part of the event that no other test uses, its content published. */
async function published(html: string, fields: Partial<WorkOrder> = {}): Promise<WorkOrder> {
  parts += 1;
  return fixture.addOrder({ subEvent: `part-${parts}`, subjects: { EN: "News for ||name||" }, ...fields }, html);
}

async function aPerson(fields: Parameters<typeof aParticipant>[0] & Record<string, unknown> = {}) {
  const person = aParticipant(fields);
  await fixture.addPeople([person]);
  return person;
}

const setStep = (order: WorkOrder, name: "Prepare" | "Dry-Run", step: StepRecord) =>
  fixture.orders.write(order.id, { set: [[["steps", name], step]], remove: [], when: [] }, { updatedBy: "test" });

const preview = (order: WorkOrder, query: PreviewQuery = {}, user = writer) =>
  makePreview(over.manager, user, order.id, query);

describe("published content", () => {
  test("is shown as it will arrive at one person: subject, line behind it, sender, headers, text", async () => {
    const person = await aPerson({ first: "Zoë", last: "Ünal", email: "zoe@example.org" });
    const html = `<html><body><span style="display:none">*|MC_PREVIEW_TEXT|*</span><h1>Dear ||name||</h1></body></html>`;
    const order = await published(html, { previewTexts: { EN: "Doors open at nine" } });
    const { preview: shown, html: rendered } = await preview(order, { participant: person.id });
    expect(rendered).toContain("<h1>Dear Zoë Ünal</h1>");
    expect(shown).toMatchObject({
      state: "prepared",
      sources: ["prepared"],
      language: "EN",
      template: "test",
      source: html,
      findings: [],
      contentHash: order.prepared["EN"]!.hash,
      preparedAt: order.prepared["EN"]!.preparedAt,
      participant: { id: person.id, name: "Zoë Ünal", email: "zoe@example.org" },
      mail: {
        subject: "Registration: News for Zoë Ünal",
        previewLine: "Doors open at nine Dear Zoë Ünal",
        from: "Büro <office@example.org>",
        to: "Zoë Ünal <zoe@example.org>",
        replyTo: "reply@example.org",
        text: "Dear Zoë Ünal",
      },
    });
    expect(shown).not.toHaveProperty("problem");
    expect(Object.fromEntries(shown.mail!.headers)).toMatchObject({
      Date: "Sun, 01 Mar 2026 08:00:00 +0000",
      "List-Unsubscribe": "<https://mail.example.org/u/preview>, <mailto:leave@example.org>",
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      "List-ID": "<E2026.news.example.org>",
      "X-Email-Agent-Mailing": `E2026_${order.subEvent}_reg_EN`,
    });
  });

  test("acceptance 26: no link of a preview acts for the person it shows", async () => {
    const person = await aPerson();
    const html = `<a href="*|UNSUB|*">u</a><a href="*|ARCHIVE|*">v</a><a href="*|UPDATE_PROFILE|*">p</a><p>||hash||</p>`;
    const made = await preview(await published(html), { participant: person.id });
    const everything = JSON.stringify(made);
    const tokens = [...everything.matchAll(/\/(?:u|view)\/([\w.-]+)/g)].map(([, token = ""]) => token);
    expect(tokens.length).toBeGreaterThan(3);
    for (const token of tokens) {
      for (const purpose of ["unsubscribe", "view"] as const)
        expect(verifyPublicToken(over.manager.config.PUBLIC_TOKEN_SECRET, purpose, token)).toBeUndefined();
    }
    expect(made.html).toContain(`<p>${"0".repeat(64)}</p>`);
    expect(made.html).toContain("https://reg.example.org/profile?id=preview&amp;hash=000");
  });

  test("acceptance 72: nor does a link of another person, pasted into the template or found in a record", async () => {
    const { PUBLIC_TOKEN_SECRET } = over.manager.config;
    const tokens = (["unsubscribe", "view"] as const).map((purpose) =>
      signPublicToken(PUBLIC_TOKEN_SECRET, purpose, { participantId: "p-ünal", mailingKey: "E2026_weekend_reg_EN" }),
    );
    const [unsubscribe = "", view = ""] = tokens;
    const person = await aPerson({ partner: { email: `https://mail.example.org/view/${view}` } });
    const wrapped = encodeURIComponent(`https://mail.example.org/u/${unsubscribe}`);
    const html = `<p>*|PARTNER|*. <a href="https://t.example.org/?to=${wrapped}">Leave</a> WyI.a ${unsubscribe.slice(0, -1)}</p>`;
    const everything = JSON.stringify(await preview(await published(html), { participant: person.id }));
    for (const token of tokens) expect(everything).not.toContain(token);
    expect(everything).toContain("https://mail.example.org/view/preview");
    expect(everything).toContain("%2Fu%2Fpreview");
    // What no secret signed is text as any other.
    expect(everything).toContain(unsubscribe.slice(0, -1));
  });

  test("addresses are masked everywhere for those who may see none", async () => {
    const person = await aPerson({
      email: "secret.person@example.org",
      partner: { email: "secret.partner@example.org" },
    });
    const order = await published("<p>||name||, *|EMAIL|*, *|PARTNER|*</p>", { testers: [person.id] });
    const made = await preview(order, { participant: person.id }, reader);
    expect(JSON.stringify(made)).not.toContain("secret.");
    expect(made.html).toBe("<p>Ana García, s…@example.org, …@example.org</p>");
    expect(made.preview.participant?.email).toBe("s…@example.org");
    expect(made.preview.mail?.to).toBe("Ana García <s…@example.org>");
    expect((await preview(order, { participant: person.id })).html).toContain("secret.partner@example.org");
  });

  test.each(["＠", "&#64;", "%2540"])("an address in a record is masked with its @ written %s, too", async (at) => {
    const person = await aPerson({ partner: { email: `secret.partner${at}example.org` } });
    const order = await published("<p>*|PARTNER|*</p>", { testers: [person.id] });
    const made = await preview(order, { participant: person.id }, reader);
    expect(JSON.stringify(made)).not.toContain("secret.");
    expect(made.html).toBe("<p>…@example.org</p>");
  });

  test("findings are those of the last Prepare, else those kept with the content", async () => {
    await aPerson();
    const order = await published("<p>Hello</p>");
    const warning = { language: "EN", rule: "Q8", severity: "warning" as const, text: "No unsubscribe link." };
    await setStep(order, "Prepare", { status: "complete", details: [warning, { ...warning, language: "SP" }] });
    expect((await preview(order)).preview.findings).toEqual([warning]);
    await setStep(order, "Prepare", { status: "ready" });
    expect((await preview(order)).preview.findings).toEqual([]);
  });
});

describe("what keeps a mail from being shown is a sentence", () => {
  test.each([
    ["a prompt that is gone", "<p>one</p>\n<p>#reglink</p>", {}, /errors, so there is no mail/],
    ["data the person lacks", "<p>||retreats||</p>", {}, /retreats/],
    ["an account that is gone", "<p>x</p>", { account: "nowhere" }, /"nowhere" of the order is not configured/],
    ["a stage that is gone", "<p>x</p>", { stage: "gone" }, /stage gone of the order is not configured/],
  ])("%s", async (_what, html, fields, sentence) => {
    const person = await aPerson();
    const order = await published(html, fields);
    const made = await preview(order, { participant: person.id });
    expect(made.preview.problem).toMatch(sentence);
    expect(made.preview).not.toHaveProperty("mail");
    expect(made.html).toBeUndefined();
    // The source is there all the same.
    expect(made.preview.source).toBe(html);
  });

  test("errors since Prepare are shown at their lines", async () => {
    await aPerson();
    const { preview: shown } = await preview(await published("<p>one</p>\n<p>#reglink</p>"));
    expect(shown.findings).toMatchObject([{ rule: "Q1", severity: "error", line: 2, column: 4 }]);
  });

  test("nothing prepared", async () => {
    const order = await published("<p>x</p>");
    await fixture.orders.write(order.id, { set: [[["prepared"], {}]], remove: [], when: [] }, { updatedBy: "test" });
    const none = { state: "none", sources: [], language: "EN", languages: ["EN"], findings: [] };
    expect(await preview(order)).toEqual({ preview: none });
  });

  test.each([
    ["a language the order has not", { language: "FR" }, /FR is not a language.*EN/],
    ["a participant who does not exist", { participant: "unknown" }, /no participant unknown/],
    ["an id no table can hold", { participant: "x".repeat(3000) }, /no participant x{300}\./],
  ])("%s is not found", async (_what, query, message) => {
    const failing = preview(await published("<p>x</p>"), query);
    await expect(failing).rejects.toMatchObject({ code: "not-found", message: expect.stringMatching(message) });
  });

  test("an order of an event the user may not see is not found", async () => {
    const order = await published("<p>x</p>");
    const stranger = { ...reader, eventAccess: ["F2026"] };
    await expect(preview(order, {}, stranger)).rejects.toMatchObject({ code: "not-found" });
  });

  test("a query that is wrong is said to be", () => {
    expect(previewQuery(new URLSearchParams("language=SP&source=draft"))).toEqual({ language: "SP", source: "draft" });
    expect(() => previewQuery(new URLSearchParams("source=both"))).toThrow('There is no source "both"');
  });
});

describe("for whom", () => {
  test("the first tester who exists, else the first recipient of the last Dry-Run, else any participant", async () => {
    const [tester, recipient] = [await aPerson(), await aPerson()];
    const order = await published("<p>x</p>", { testers: ["gone", tester.id] });
    expect((await preview(order)).preview.participant?.id).toBe(tester.id);

    const untested = await published("<p>x</p>");
    const line = { name: "Ana", email: "ana@example.org", subject: "News", at };
    await over.manager.dryRunRecipients.put("run-1", "EN", [
      { ...line, participantId: "deleted-since", status: "ok" },
      { ...line, participantId: tester.id, status: "error", error: "no" },
      { ...line, participantId: recipient.id, status: "ok" },
    ]);
    await setStep(untested, "Dry-Run", { status: "complete", resultRunId: "run-1" });
    expect((await preview(untested)).preview.participant?.id).toBe(recipient.id);

    expect((await preview(await published("<p>x</p>"))).preview.participant).toBeDefined();
  });
});

describe("a draft", () => {
  const bad = `<html><body>
<p>Dear *|FNAME|*, *|NOSUCH|*</p>
<p><a href="">empty</a></p>
</body></html>`;

  /** What the real Prepare does with a template, and how the order looks then. */
  async function refused(order: WorkOrder, html: string): Promise<void> {
    const name = `E2026-${order.subEvent}-reg-EN`;
    await using prepareFixture = await startPrepareFixture(fixture.stack, { templates: [{ name, html }] });
    const run = aStepRun("Prepare", order);
    const result = await prepare(prepareFixture.ports)(run);
    expect(result.kind).toBe("error");
    const { runId } = run;
    await setStep(order, "Prepare", { status: "error", runId, endedAt: at, details: [...(result.details ?? [])] });
  }

  test("shows the source Prepare refused with the findings at their lines, and is not the published content", async () => {
    const person = await aPerson();
    const order = await published("<p>published</p>");
    await refused(order, bad);
    const { preview: shown, html } = await preview(order, { participant: person.id });
    expect(shown).toMatchObject({
      state: "draft",
      sources: ["draft", "prepared"],
      source: bad,
      template: `E2026-${order.subEvent}-reg-EN`,
      preparedAt: at,
      problem: expect.stringContaining("errors"),
    });
    expect(shown).not.toHaveProperty("contentHash");
    expect(html).toBeUndefined();
    const places = shown.findings.map(({ rule, severity, line, column }) => [rule, severity, line, column]);
    expect(places).toEqual([
      ["Q1", "error", 2, 20],
      ["Q6", "error", 3, 13],
      ["Q8", "warning", undefined, undefined],
    ]);
    const other = await preview(order, { participant: person.id, source: "prepared" });
    expect(other.preview).toMatchObject({ state: "prepared", source: "<p>published</p>" });
    expect(other.html).toBe("<p>published</p>");
  });

  test("that can be rendered is rendered: its errors may be others than those of syntax", async () => {
    const person = await aPerson();
    const order = await published("<p>published</p>", { salutationByName: true });
    await refused(order, "<p>Dear friend</p>");
    const { preview: shown, html } = await preview(order, { participant: person.id });
    expect(html).toBe("<p>Dear friend</p>");
    expect(shown.findings.map(({ rule }) => rule)).toEqual(["Q2", "Q8"]);
    expect(shown).not.toHaveProperty("problem");
  });

  test("is over as soon as Prepare runs again, and does not apply to other failures", async () => {
    await aPerson();
    const order = await published("<p>published</p>");
    await refused(order, bad);
    await setStep(order, "Prepare", { status: "working", runId: "run-2" });
    expect((await preview(order)).preview.sources).toEqual(["prepared"]);
    await setStep(order, "Prepare", { status: "error", runId: "run-3" });
    expect((await preview(order)).preview.sources).toEqual(["prepared"]);
  });
});
