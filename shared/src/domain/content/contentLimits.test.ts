import { expect, test } from "vitest";
import { aPrompt } from "../../../testing/builders.ts";
import { aMailSource, aRecipient, someMailSettings } from "../../../testing/mailBuilders.ts";
import { compileMail } from "../template/compileMail.ts";
import type { MailSettings } from "../template/mail.ts";
import { checkContent } from "./contentCheck.ts";
import { inboxLine } from "./inboxLine.ts";
import { linksToCheck } from "./linksToCheck.ts";
import { mailchimpBadges } from "./mailchimpBadge.ts";

const rules = {
  salutationByName: true,
  regLinkPresent: true,
  confirmation: true,
  inPerson: false,
  zoomId: "123456789",
};

/** Everything that is done with content from Mailchimp to the mailbox; the errors, each as `rule text`. */
function errorsOf(html: string, fields: Partial<MailSettings> = {}): string[] {
  const settings = someMailSettings(fields);
  const source = aMailSource({ html });
  mailchimpBadges(html);
  const findings = checkContent(source, settings, rules);
  const { mail, findings: syntax } = compileMail(source, settings);
  linksToCheck(source, settings);
  expect(mail === undefined).toBe(syntax.length > 0);
  if (mail) inboxLine(mail.render(aRecipient()).html);
  return findings.filter(({ severity }) => severity === "error").map(({ rule, text }) => `${rule} ${text}`);
}

test.each([
  ["10 MB of text", `<p>${"word ".repeat(2_000_000)}`, "Q9 The content has 9766 KB"],
  ["unclosed elements", "<div>".repeat(160_000), "Q9 The content has"],
  ["unclosed elements, within the size", "<div>".repeat(100_000), "Q9 Elements are nested more than 500 deep"],
  ["nested and closed elements", `${"<b>".repeat(501)}x${"</b>".repeat(501)}`, "Q9 Elements are nested more than 500"],
  [
    "elements closed in the wrong order",
    `${"<b><i>".repeat(30_000)}${"</b></i>".repeat(30_000)}`,
    "Q9 Elements are nested",
  ],
  ["unknown tags", "*|X|*".repeat(160_000), "Q9 The content has"],
  ["unknown tags, within the size", "*|X|*".repeat(90_000), "Q1 More than 1000 findings"],
  ["unknown macros", "||x|| ".repeat(80_000), "Q1 More than 1000 findings"],
  ["stars and bars", "*|".repeat(200_000), "Q1 More than 1000 findings"],
  ["stray ends", "|* ".repeat(100_000), "Q1 More than 1000 findings"],
  ["ends of conditions", "*|END:IF|*".repeat(40_000), "Q1 More than 1000 findings"],
  ["lower-case hashtags", "#news ".repeat(80_000), "Q1 More than 1000 findings"],
  ["empty links", '<a href="">x</a>'.repeat(20_000), "Q1 More than 1000 findings"],
  ["house conditions", "#if oathed\n".repeat(100_000), "Q9 The content has"],
  ["house conditions, within the size", "#if oathed\n".repeat(40_000), "Q1 #if oathed is nested more than 100"],
  ["a long attribute", `<p title="${"&amp;".repeat(2_000_000)}">x</p>`, "Q9 The content has"],
  ["a million of <", "<".repeat(1_000_000), "Q9 The content has"],
  [
    "Mailchimp's badge a thousand times",
    '<center><a href="https://eepurl.com/x">'.repeat(10_000),
    "Q9 Elements are nested",
  ],
])(
  "acceptance 45: content beyond the limits is refused at once and with a sentence: %s",
  { timeout: 60_000 },
  (_, html, error) => {
    const started = performance.now();
    expect(errorsOf(html)).toContainEqual(expect.stringContaining(error));
    // Alone on the machine it is a thirtieth of this; without the limits it is half a minute, or the end of the stack.
    expect(performance.now() - started).toBeLessThan(15_000);
  },
);

test("acceptance 45: faults of several kinds are listed up to the limit in all, each in a sentence of some length", () => {
  const html = `<p>${"|| ".repeat(2000)}${'<a href="">x</a>'.repeat(2000)}<a href="*|UNSUB|*${"x".repeat(20_000)}">x</a></p>`;
  const findings = checkContent(aMailSource({ html }), someMailSettings(), rules);
  expect(findings).toHaveLength(1001);
  expect(findings[0]?.text).toMatch(/^More than 1000 findings/);
  const named = compileMail(aMailSource({ html: `<p ${"x".repeat(20_000)}=*|FNAME|*>x</p>` }), someMailSettings());
  expect(named.findings[0]?.text).toMatch(/^\*\|FNAME\|\* is in the attribute x+…$/);
  expect(named.findings[0]?.text).toHaveLength(1001);
  const [glued] = compileMail(
    aMailSource({ html: `<a href="*|UNSUB|*${"x".repeat(20_000)}">x</a>` }),
    someMailSettings(),
  ).findings;
  expect(glued?.text).toMatch(/^\*\|UNSUB\|\* must be the whole href, but is glued to other text: .{1,100}$/);
});

test("acceptance 45: of content that was not read nothing else is said", () => {
  expect(errorsOf("<div>".repeat(600))).toEqual([expect.stringContaining("Q9 Elements are nested")]);
  expect(errorsOf("word ".repeat(110_000))).toEqual([expect.stringContaining("Q9 The content has")]);
});

test("acceptance 45: the finding names the place where the nesting exceeds the limit", () => {
  const source = aMailSource({ html: `${"<div>".repeat(400)}\n${"<b>".repeat(200)}` });
  const [finding] = compileMail(source, someMailSettings()).findings;
  expect(finding).toMatchObject({ rule: "Q9", severity: "error", line: 2, column: 100 * "<b>".length + 1 });
});

test("acceptance 45: 500 KB, 500 elements in one another and what closes by itself are no error", () => {
  const isLimit = (error: string) => /KB|nested|findings/.test(error);
  expect(errorsOf(`<p>${"word ".repeat(102_398)}`).filter(isLimit)).toEqual([]);
  expect(errorsOf("<b>".repeat(500)).filter(isLimit)).toEqual([]);
  expect(errorsOf(`${"<p>x".repeat(2000)}<ul>${"<li>x".repeat(2000)}</ul><img><br>`).filter(isLimit)).toEqual([]);
  expect(errorsOf(`<table>${"<tr><td>x<td>y".repeat(2000)}</table>`).filter(isLimit)).toEqual([]);
});

test("acceptance 45: tens of thousands of dates fit into the memory of a small task", () => {
  const { rss } = process.memoryUsage();
  const source = aMailSource({ html: `<p>${"*|DATE:d/m/Y|* ".repeat(20_000)}` });
  const { mail, findings } = compileMail(source, someMailSettings());
  expect(findings).toEqual([]);
  // A formatter for each would take more than a gigabyte.
  expect(process.memoryUsage().rss - rss).toBeLessThan(400e6);
  expect(mail?.render(aRecipient()).text).toMatch(/^\d\d\/\d\d\/\d{4} \d\d\//);
});

test("acceptance 45: prompts count: what a small source inserts a thousand times is beyond the size", () => {
  const settings = { prompts: [aPrompt({ key: "salutation", text: "Dear ||name||, ".repeat(100) })] };
  expect(errorsOf("#salutation ".repeat(1000), settings)).toContainEqual(
    expect.stringContaining("KB with the prompts it inserts"),
  );
  const deep = { prompts: [aPrompt({ key: "salutation", text: "<div>".repeat(600) })] };
  expect(errorsOf("#salutation", deep)).toContainEqual(expect.stringContaining("In prompt"));
});

test("acceptance 43: one mistake in a prompt is one finding, wherever it is inserted", () => {
  const settings = { prompts: [aPrompt({ key: "salutation", text: 'Dear ||nmae||, <a href="">x</a>' })] };
  const errors = errorsOf("#salutation #salutation\n#salutation", settings);
  expect(errors.filter((error) => error.includes("In prompt"))).toEqual([
    expect.stringContaining("Unknown macro ||nmae||"),
    expect.stringContaining("Q6"),
  ]);
});
