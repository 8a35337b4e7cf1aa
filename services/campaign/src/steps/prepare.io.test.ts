import { createHash } from "node:crypto";
import { documents } from "@email-agent/shared/adapters/documents.ts";
import { preparedContentSchema } from "@email-agent/shared/domain/content/preparedContent.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { aStepRun } from "@email-agent/shared/testing/aStepRun.ts";
import { anEvent, anOrder, aPrompt } from "@email-agent/shared/testing/builders.ts";
import { stockTemplate } from "@email-agent/shared/testing/stockTemplate.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../../../infra/local/testStack.ts";
import {
  aMail,
  type PrepareFixture,
  putConfiguration,
  startPrepareFixture,
  theAudience,
} from "../../testing/prepareFixture.ts";
import { prepare } from "./prepare.ts";

let stack: TestStack;
let fixture: PrepareFixture;
let events = 0;
/** An event of the test's own, and with it its own place in table and bucket. */
let code: string;

beforeAll(async () => {
  stack = await startTestStack({ cloud: true });
  await putConfiguration(stack);
});
afterAll(() => stack[Symbol.asyncDispose]());
beforeEach(async () => {
  events += 1;
  code = `E${events}`;
  fixture = await startPrepareFixture(stack);
  await fixture.putEvent(anEvent({ aid: code }));
});
afterEach(() => fixture[Symbol.asyncDispose]());

function putTemplates(htmls: Record<string, string>, stage = "reg"): void {
  for (const [language, html] of Object.entries(htmls))
    fixture.mailchimp.putTemplate({ name: `${code}-weekend-${stage}-${language}`, html });
}

/** Runs Prepare on an order, by default in the languages that have a template. */
async function prepared(fields: Partial<WorkOrder> = {}) {
  const run = aStepRun("Prepare", anOrder({ eventCode: code, languages: ["EN", "SP"], ...fields }));
  const result = await prepare(fixture.ports)(run);
  return { run, result, errors: result.details?.filter(({ severity }) => severity === "error") ?? [] };
}

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

/** Hash by language of what a run published. */
function hashes(result: Awaited<ReturnType<typeof prepared>>["result"]): Record<string, string> {
  const published = (result.kind === "complete" && result.prepared) || {};
  return Object.fromEntries(Object.entries(published).map(([language, { hash }]) => [language, hash]));
}

describe("publishing", () => {
  test("each language is stored by its hash with a sidecar, and the event points to all of them", async () => {
    putTemplates({ EN: aMail("Welcome!"), SP: aMail("¡Bienvenidos!") });
    const { result, run } = await prepared();
    const html = aMail("¡Bienvenidos!");
    const key = `prepared/${code}/weekend/reg/SP/${hashOf(html)}.html`;
    expect(result).toMatchObject({
      kind: "complete",
      message: "Published EN, SP. From Mailchimp: EN, SP.",
      counters: { total: 2, sent: 2 },
      details: [],
      prepared: { SP: { s3Key: key, hash: hashOf(html), bytes: Buffer.byteLength(html) } },
    });
    expect(await fixture.ports.documents.getText(key)).toBe(html);
    expect(JSON.parse(await fixture.ports.documents.getText(key.replace(".html", ".json")))).toEqual({
      v: 1,
      template: `${code}-weekend-reg-SP`,
      audience: {
        name: "Members",
        company: "Retreats & Co",
        description: "You signed up at one of our events.",
        address: "Retreats & Co, Seestraße 1, Konstanz, 78462, DE",
        addressHtml: "Retreats &amp; Co<br>Seestraße 1<br>Konstanz, 78462<br>DE",
        phone: "",
        email: "news@example.org",
        url: "",
      },
      findings: [],
    });
    expect((await fixture.event(code))?.embeddedEmails?.["weekend"]?.["reg"]?.["SP"]).toBe(
      `${stack.config.AWS_ENDPOINT_URL}/${stack.config.S3_BUCKET}/${key}`,
    );
    expect(run.reported.length).toBeGreaterThan(3);
  });

  test("the badge Mailchimp puts below the mails of free accounts is not published", async () => {
    const templates = [{ name: `${code}-weekend-reg-EN`, html: aMail() }];
    await using free = await startPrepareFixture(stack, { templates, badge: true });
    const result = await prepare(free.ports)(aStepRun("Prepare", anOrder({ eventCode: code })));
    const key = result.kind === "complete" ? result.prepared!["EN"]!.s3Key : "";
    const html = await free.ports.documents.getText(key);
    expect(html).toContain("Welcome!");
    expect(html).not.toContain("mailchimp");
  });

  test("acceptance 16: equal content keeps its hash, changed content has another", async () => {
    putTemplates({ EN: aMail("one"), SP: aMail("uno") });
    const first = hashes((await prepared()).result);
    expect(hashes((await prepared()).result)).toEqual(first);
    putTemplates({ SP: aMail("dos") });
    const changed = hashes((await prepared()).result);
    expect(changed["EN"]).toBe(first["EN"]);
    expect(changed["SP"]).not.toBe(first["SP"]);
  });

  test("acceptance 16: the same HTML with another address of the audience is other content, if it shows the address", async () => {
    const shown = aMail("We live at *|LIST:ADDRESS|*");
    putTemplates({ EN: shown, SP: aMail() });
    const first = hashes((await prepared()).result);
    await using moved = await startPrepareFixture(stack, {
      audiences: [{ ...theAudience, contact: { ...theAudience.contact, address1: "Neue Straße 2" } }],
      templates: [
        { name: `${code}-weekend-reg-EN`, html: shown },
        { name: `${code}-weekend-reg-SP`, html: aMail() },
      ],
    });
    const order = anOrder({ eventCode: code, languages: ["EN", "SP"] });
    const again = await prepare(moved.ports)(aStepRun("Prepare", order));
    const second = hashes(again);
    expect(second["SP"]).toBe(first["SP"]);
    expect(second["EN"]).not.toBe(first["EN"]);
    const key = again.kind === "complete" ? again.prepared!["EN"]!.s3Key : "";
    expect(await moved.ports.documents.getText(key.replace(".html", ".json"))).toContain("Neue Straße 2");
    expect(hashes(await prepare(moved.ports)(aStepRun("Prepare", order)))).toEqual(second);
  });

  test("without proof of the lease nothing is published", async () => {
    putTemplates({ EN: aMail(), SP: aMail() });
    const run = aStepRun("Prepare", anOrder({ eventCode: code, languages: ["EN", "SP"] }));
    run.loseProof();
    await expect(prepare(fixture.ports)(run)).rejects.toMatchObject({ code: "lease-lost" });
    expect((await fixture.event(code))?.embeddedEmails).toBeUndefined();
  });

  test("a stop before the event is changed leaves it as it was", async () => {
    putTemplates({ EN: aMail(), SP: aMail() });
    const run = aStepRun("Prepare", anOrder({ eventCode: code, languages: ["EN", "SP"] }));
    const { documents } = fixture.ports;
    const stopping = {
      ...fixture.ports,
      documents: {
        ...documents,
        putNew: async (...put: Parameters<typeof documents.putNew>) => {
          const stored = await documents.putNew(...put);
          if (put[0].includes("/SP/") && put[0].endsWith(".json")) run.stop();
          return stored;
        },
      },
    };
    await expect(prepare(stopping)(run)).rejects.toMatchObject({ code: "stopped" });
    expect((await fixture.event(code))?.embeddedEmails).toBeUndefined();
  });
});

describe("quality", () => {
  test("acceptance 15: one language failing publishes nothing; all findings of all languages have line and column", async () => {
    putTemplates({
      EN: aMail("*|NOSUCH|* and\n||nosuch||"),
      SP: aMail("¡Bienvenidos!"),
      FR: aMail(`<a href="">vide</a>`),
    });
    const { result, errors } = await prepared({ languages: ["EN", "SP", "FR"] });
    expect(result.kind).toBe("error");
    expect(errors.map(({ language, rule, line, column }) => [language, rule, line, column])).toEqual([
      ["EN", "Q1", 4, 4],
      ["EN", "Q1", 5, 1],
      ["FR", "Q6", 4, expect.any(Number)],
    ]);
    expect(result.message).toMatch(
      /^The content of EN, FR has 3 errors; nothing was published\. EN Q1, line 4, column 4: /,
    );
    expect((await fixture.event(code))?.embeddedEmails).toBeUndefined();
    const html = aMail("¡Bienvenidos!");
    await expect(
      fixture.ports.documents.getText(`prepared/${code}/weekend/reg/SP/${hashOf(html)}.html`),
    ).rejects.toMatchObject({ code: "not-found" });
  });

  test("what is not published is kept as a draft of every language, with all its findings at their places", async () => {
    putTemplates({ EN: aMail("*|NOSUCH|*\n".repeat(130)), SP: aMail("¡Bienvenidos!") });
    const { run, result } = await prepared();
    expect(result.kind).toBe("error");
    const draftOf = async (language: string) => {
      const key = `drafts/${run.order.id}/${run.runId}/${language}`;
      const [html, json] = await Promise.all(
        [`${key}.html`, `${key}.json`].map((name) => fixture.ports.documents.getText(name)),
      );
      return { html, beside: preparedContentSchema.parse(JSON.parse(json ?? "")) };
    };
    const english = await draftOf("EN");
    expect(english.html).toBe(aMail("*|NOSUCH|*\n".repeat(130)));
    expect(english.beside).toMatchObject({ template: `${code}-weekend-reg-EN`, audience: { name: "Members" } });
    expect(english.beside.findings.map(({ line }) => line)).toEqual(Array.from({ length: 130 }, (_, n) => n + 4));
    expect(await draftOf("SP")).toMatchObject({ html: aMail("¡Bienvenidos!"), beside: { findings: [] } });

    // The same run again, as after a lost process, with a template that has changed meanwhile.
    putTemplates({ EN: aMail("||nosuch||") });
    await prepare(fixture.ports)(aStepRun("Prepare", run.order, { runId: run.runId }));
    expect(await draftOf("EN")).toMatchObject({
      html: aMail("||nosuch||"),
      beside: { findings: [{ rule: "Q1", line: 4, column: 4 }] },
    });
  });

  test("a draft that cannot be kept is trouble of the bucket, not silence", async () => {
    putTemplates({ EN: aMail("||nosuch||"), SP: aMail() });
    const gone = documents(stack.aws, { ...stack.config, S3_BUCKET: "no-such-bucket" });
    const run = aStepRun("Prepare", anOrder({ eventCode: code, languages: ["EN", "SP"] }));
    await expect(prepare({ ...fixture.ports, documents: gone })(run)).rejects.toMatchObject({ code: "storage" });
  });

  test("a finding in the subject is distinguished from those in the HTML", async () => {
    putTemplates({ EN: aMail("||nosuch||") });
    const { errors } = await prepared({ languages: ["EN"], subjects: { EN: "Hello *|NOSUCH|*" } });
    expect(errors).toMatchObject([
      { part: "subject", line: 1, column: 7 },
      { line: 4, column: 4 },
    ]);
    expect(errors[1]).not.toHaveProperty("part");
  });

  test.each([
    ["tag", "*|FORWARD|*", /FORWARD/],
    ["macro", "||nosuch||", /nosuch/],
    ["hash macro", "#nosuch", /nosuch/],
    ["condition", "#if nosuch</p><p>x</p><p>#endif", /nosuch/],
    ["merge condition", "*|IF:NOSUCH|*x*|END:IF|*", /NOSUCH/],
    ["prompt", "#reglink", /reglink/],
  ])("acceptance 21: an unknown or missing %s fails Prepare and publishes nothing", async (_what, text, named) => {
    putTemplates({ EN: aMail(text) });
    const { result, errors } = await prepared({ languages: ["EN"] });
    expect(result.kind).toBe("error");
    expect(errors[0]).toMatchObject({ language: "EN", rule: "Q1", line: 4, text: expect.stringMatching(named) });
    expect((await fixture.event(code))?.embeddedEmails).toBeUndefined();
  });

  test("acceptance 20: a stock Mailchimp template passes", async () => {
    putTemplates({ EN: stockTemplate({ body: "<p>Dear *|FNAME|*</p>" }) });
    const { result, errors } = await prepared({ languages: ["EN"] });
    expect(errors).toEqual([]);
    expect(result.kind).toBe("complete");
  });

  test("a blank subject and a missing salutation are found, with the language", async () => {
    putTemplates({ EN: aMail().replace("*|FNAME|*", "friend") });
    const { errors } = await prepared({ languages: ["EN"], subjects: { EN: " " } });
    expect(errors.map(({ rule }) => rule).toSorted()).toEqual(["Q2", "Q7"]);
  });

  test("a prompt of the event goes before the default, and its own faults are found", async () => {
    await fixture.putConfig("prompt", `${code}#salutation#EN`, aPrompt({ text: "Dear *|NOSUCH|*" }));
    putTemplates({ EN: aMail("#salutation") });
    expect((await prepared({ languages: ["EN"] })).errors[0]).toMatchObject({ rule: "Q1" });
  });

  test("warnings are listed and published with the content", async () => {
    putTemplates({ EN: aMail().replace(/<a href="\*\|UNSUB.*<\/a>/, "") });
    const { result } = await prepared({ languages: ["EN"] });
    expect(result).toMatchObject({
      kind: "complete",
      message: "Published EN with 1 warning. From Mailchimp: EN.",
      details: [{ rule: "Q8" }],
    });
    const key = result.kind === "complete" ? result.prepared!["EN"]!.s3Key : "";
    expect(await fixture.ports.documents.getText(key.replace(".html", ".json"))).toContain('"rule":"Q8"');
  });

  test("a hundred findings are listed, and said to be only the first", async () => {
    putTemplates({ EN: aMail("*|NOSUCH|*\n".repeat(130)) });
    const { result } = await prepared({ languages: ["EN"] });
    expect(result.details?.length).toBe(100);
    expect(result.message).toContain("Only the first 100 of 130 findings are listed.");
  });

  test("a dead link fails Prepare; each link is asked once for all languages", async () => {
    fixture.site.reply("/gone", { status: 404 });
    const links = `<a href="https://www.example.org/page?pid=||pid||">a</a> <a href="https://www.example.org/gone">b</a>`;
    putTemplates({ EN: aMail(links), SP: aMail(links) });
    const { result, errors } = await prepared();
    expect(result.kind).toBe("error");
    expect(errors.map(({ language, rule, line }) => [language, rule, line])).toEqual([
      ["EN", "Q5", 4],
      ["SP", "Q5", 4],
    ]);
    expect(fixture.site.requests.toSorted()).toEqual([
      "GET www.example.org/gone",
      "HEAD www.example.org/gone",
      "HEAD www.example.org/page",
    ]);
  });
});

describe("acceptance 18: the Zoom id", () => {
  const join = (id: string) => aMail(`<a href="https://us02web.zoom.us/j/${id}">Join</a>`);

  test.each([
    ["the right one passes", join("81234567890"), { zoomId: "81234567890" }, 0],
    ["a wrong one fails", join("81234567899"), { zoomId: "81234567890" }, 1],
    ["none in the mail fails", aMail(), { zoomId: "81234567890" }, 1],
    ["none in the order fails", join("81234567890"), {}, 1],
  ])("%s in a virtual confirmation", async (_what, html, fields, findings) => {
    await fixture.putEvent(anEvent({ aid: code, config: { inPerson: false } }));
    putTemplates({ EN: html }, "confirm");
    const { errors } = await prepared({ languages: ["EN"], stage: "confirm", ...fields });
    expect(errors.filter(({ rule }) => rule === "Q3").length > 0).toBe(findings > 0);
  });

  test("an in-person confirmation needs none", async () => {
    putTemplates({ EN: aMail() }, "confirm");
    expect((await prepared({ languages: ["EN"], stage: "confirm", inPerson: true })).result.kind).toBe("complete");
  });
});

describe("where the content comes from", () => {
  test("a stage without template of its own takes that of its first parent stage", async () => {
    putTemplates({ EN: aMail("from the parent stage"), SP: aMail("x") });
    putTemplates({ SP: aMail("own") }, "reminder");
    const { result } = await prepared({ stage: "reminder" });
    expect(hashes(result)).toEqual({ EN: hashOf(aMail("from the parent stage")), SP: hashOf(aMail("own")) });
  });

  test("missing and doubled templates are named together", async () => {
    await using other = await startPrepareFixture(stack, {
      templates: ["EN", "SP", "SP"].map((language) => ({ name: `${code}-weekend-reg-${language}`, html: aMail() })),
    });
    const run = aStepRun("Prepare", anOrder({ eventCode: code, languages: ["EN", "SP", "FR"] }));
    await expect(prepare(other.ports)(run)).rejects.toMatchObject({
      code: "content",
      message: `Mailchimp has 2 templates ${code}-weekend-reg-SP: rename or delete all but one of them. There is no template ${code}-weekend-reg-FR. Looked for in the bucket, in Mailchimp and in the folder src/templates.`,
    });
    expect(other.mailchimp.requests.some(({ call }) => call === "campaigns.create")).toBe(false);
  });

  test("a deleted template does not count", async () => {
    fixture.mailchimp.putTemplate({ name: `${code}-weekend-reg-EN`, html: aMail(), active: false });
    await expect(prepared({ languages: ["EN"] })).rejects.toMatchObject({ code: "content" });
  });

  test("a local file is used where Mailchimp has no template, and the step says so", async () => {
    putTemplates({ EN: aMail("from Mailchimp") });
    fixture.files.set(`${code}-weekend-reg-EN`, aMail("never used"));
    fixture.files.set(`${code}-weekend-reg-SP`, aMail("de un archivo"));
    const { result } = await prepared();
    expect(hashes(result)).toEqual({ EN: hashOf(aMail("from Mailchimp")), SP: hashOf(aMail("de un archivo")) });
    expect(result.message).toContain("From Mailchimp: EN. From the folder: SP.");
  });

  test.each([
    ["no audience", [], /has no audience named "Members"/],
    ["two audiences", [theAudience, theAudience], /has 2 audiences named "Members"/],
  ])("%s of the name is a configuration error", async (_what, audiences, message) => {
    await using other = await startPrepareFixture(stack, { audiences });
    const run = aStepRun("Prepare", anOrder({ eventCode: code }));
    await expect(prepare(other.ports)(run)).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringMatching(message),
    });
  });

  test("a refusal by Mailchimp is shown with its title and detail", async () => {
    const { api, settings } = fixture.ports.mailchimp!;
    const ports = { ...fixture.ports, mailchimp: { api, settings: { ...settings, MAILCHIMP_REPLY_TO: "no address" } } };
    putTemplates({ EN: aMail() });
    const run = aStepRun("Prepare", anOrder({ eventCode: code }));
    await expect(prepare(ports)(run)).rejects.toMatchObject({
      code: "mailchimp",
      message: expect.stringMatching(/Invalid Resource.*settings\.reply_to: Invalid email/),
    });
  });
});

describe("the parent order", () => {
  async function aPreparedParent(languages: string[]): Promise<WorkOrder> {
    putTemplates(Object.fromEntries(languages.map((language) => [language, aMail(`parent ${language}`)])));
    const { result, run } = await prepared({ languages });
    const published = (result.kind === "complete" && result.prepared) || {};
    const preparedAt = "2026-01-01T00:00:00.000Z";
    const entries = Object.entries(published).map(([language, one]) => [language, { ...one, preparedAt }] as const);
    const parent = { ...run.order, prepared: Object.fromEntries(entries) };
    fixture.orders.set(parent.id, parent);
    return parent;
  }

  test("its prepared content is taken by hash, checked and published, and Mailchimp is not called", async () => {
    const parent = await aPreparedParent(["EN", "SP"]);
    const before = fixture.mailchimp.requests.length;
    const { result } = await prepared({ stage: "reminder", parentOrderId: parent.id });
    expect(fixture.mailchimp.requests.length).toBe(before);
    expect(hashes(result)).toEqual({ EN: parent.prepared["EN"]!.hash, SP: parent.prepared["SP"]!.hash });
    expect(result.message).toContain(`parent order ${parent.id} (reg)`);
    const key = result.kind === "complete" ? result.prepared!["SP"]!.s3Key : "";
    expect(key).toContain(`prepared/${code}/weekend/reminder/SP/`);
    expect(await fixture.ports.documents.getText(key.replace(".html", ".json"))).toContain("Retreats & Co");
    const failing = await prepared({ stage: "reminder", parentOrderId: parent.id, regLinkPresent: true });
    expect(failing.errors.map(({ rule }) => rule)).toEqual(["Q4", "Q4"]);
  });

  test("without a language of this order it is an error that names both", async () => {
    const parent = await aPreparedParent(["EN"]);
    await expect(prepared({ stage: "reminder", parentOrderId: parent.id })).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringMatching(new RegExp(`${parent.id}.* SP`)),
    });
  });

  test.each([
    ["event", { eventCode: "ELSEWHERE" }],
    ["sub-event", { subEvent: "week" }],
    ["stage", { stage: "confirm" }],
  ])("that was moved to another %s is an error: its content is about something else", async (_, elsewhere) => {
    const parent = { ...(await aPreparedParent(["EN", "SP"])), ...elsewhere };
    fixture.orders.set(parent.id, parent);
    await expect(prepared({ stage: "reminder", parentOrderId: parent.id })).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringContaining(`${parent.id} was moved to another event, sub-event or stage`),
    });
  });

  test("that has prepared nothing leaves the content to Mailchimp; one that is gone is an error", async () => {
    putTemplates({ EN: aMail("own"), SP: aMail("own") });
    const parent = anOrder({ eventCode: code });
    fixture.orders.set(parent.id, parent);
    const { result } = await prepared({ stage: "reminder", parentOrderId: parent.id });
    expect(hashes(result)).toEqual({ EN: hashOf(aMail("own")), SP: hashOf(aMail("own")) });
    const gone = anOrder().id;
    await expect(prepared({ stage: "reminder", parentOrderId: gone })).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringContaining(gone),
    });
  });
});
