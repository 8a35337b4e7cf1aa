import { expect, test } from "vitest";
import { aPrompt } from "../../../testing/builders.ts";
import { aMailSource, someMailSettings } from "../../../testing/mailBuilders.ts";
import { compileMail } from "../template/compileMail.ts";
import type { MailSettings, MailSource } from "../template/mail.ts";
import type { Detail } from "../workOrder.ts";
import { checkContent } from "./contentCheck.ts";

const rules = { salutationByName: false, regLinkPresent: false, confirmation: false, inPerson: false };
const unsubscribe = '<a href="*|UNSUB|*">x</a>';

function findings(source: Partial<MailSource>, settings: Partial<MailSettings> = {}): Detail[] {
  const html = `${source.html ?? ""}${unsubscribe}`;
  return checkContent(aMailSource({ ...source, html }), someMailSettings(settings), rules);
}

const errors = [
  "{{first_name}}",
  "{{ user.first_name }}",
  "{{{name}}}",
  '{{ contact.FIRSTNAME | default: "friend" }}',
  "{{#if admin}}",
  "{{/each}}",
  "{{> footer}}",
  "{{~name~}}",
  "{{имя}}",
  "{{*|FNAME|*}}",
  "*｜FNAME｜*",
  "＊｜FNAME｜＊",
  "*|FNAME｜*",
  "＊|FNAME|＊",
  "*¦FNAME¦*",
  "∗∣FNAME∣∗",
  "*\u200b|FNAME|\u200b*",
  "* |FNAME| *",
  "*&#8203;|FNAME|*",
  "*<b>|FNAME|</b>*",
  "｜｜name｜｜",
  "‖name‖",
];
const warnings = [
  '{{ "now" | date }}',
  "{% if customer %}",
  "%%FirstName%%",
  "%%=v(@first)=%%",
  "<%= name %>",
  "&lt;%= name %&gt;",
  "%recipient.name%",
  "%recipient_fname%",
  "%FIRSTNAME%",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what is looked for
  "${user.name}",
  "#{name}",
  "{$name}",
  "{first_name}",
  "[Name,fallback=friend]",
  "[firstname, fallback=there]",
  "[subscriber:firstname | default:reader]",
  '[[FIRSTNAME OR "Friend"]]',
  "{contactfield=firstname}",
  "{unsubscribe_text}",
  "{subtag:name|part:first}",
  "{!firstname_fix}",
  "~Contact.FirstName~",
  "{Vorname}",
  "{CUSTOMER_ID}",
  "[FIRST NAME]",
  "[First Name]",
  "[firstname]",
  "[FNAME]",
  "[Your Name]",
  "[your company name]",
  "[INSERT DATE HERE]",
  "[ORDER_NUMBER]",
  "[[name]]",
  "[Vorname]",
  "[NOMBRE]",
  "«Vorname»",
  "&lt;&lt;First Name&gt;&gt;",
  "##FIRSTNAME##",
];

test.each([...errors.map((text) => [text, "error"]), ...warnings.map((text) => [text, "warning"])])(
  "a leftover of another system, or what only looks like a tag, is found once, with its place: %s is %s",
  (text, severity) => {
    const found = findings({ html: `<p>\nDear ${text},</p>` });
    expect(found).toEqual([expect.objectContaining({ rule: "Q1", severity, line: 2, column: 6 })]);
    expect(compileMail(aMailSource({ html: text }), someMailSettings()).mail === undefined).toBe(severity === "error");
  },
);

test.each([
  ["an alternative text", { html: '<img src="https://x.org/a.png" alt="{{name}}">' }, {}],
  ["a title", { html: "<title>{{name}}</title>" }, {}],
  ["Outlook's comment", { html: "<!--[if mso]><p>{{name}}</p><![endif]-->" }, {}],
  ["the subject", { subject: "For {{name}}" }, { part: "subject", line: 1, column: 5 }],
  ["the preview text", { previewText: "For {{name}}" }, { part: "preview", column: 5 }],
])("a leftover is found in %s", (_, source, more) => {
  expect(findings(source)).toEqual([expect.objectContaining({ rule: "Q1", severity: "error", ...more })]);
});

test("a leftover in a prompt is found once, with its place in the prompt", () => {
  const prompts = [aPrompt({ key: "salutation", text: "Dear\n{{name}}" })];
  expect(findings({ html: "#salutation #salutation" }, { prompts }).map(({ text }) => text)).toEqual([
    expect.stringContaining("line 2, column 1"),
  ]);
});

test("a leftover in a link is the one finding of the link", () => {
  expect(findings({ html: '<a href="https://x.org/{{id}}">x</a>' }).map(({ rule }) => rule)).toEqual(["Q6"]);
});

test.each([
  "<style>@media print{a{b:c}}</style><style>.a{{x:y}} .b:after{content:'[name] %name%'}</style>",
  '<script type=\'application/ld+json\'>{"@type":{"name":{}}, "a":"{{x}}"}</script>',
  "<!-- {{name}} [FIRST NAME] -->",
  "<!--[if mso]><xml><o:PixelsPerInch>96</o:PixelsPerInch></xml><![endif]-->",
  '<p style="width:calc(100% - 10%)" class="a">x</p>',
  "<p>Write <code>{{name}}</code>, <pre>Hi %name%, <b>[FIRST NAME]</b></pre> or <kbd>{% if %}</kbd></p>",
  "<p>50% off, 20 % and 30 %, 100%! a 5%-10% b, 100%% safe %% yes</p>",
  "<p>[UPDATE] [EN] [sic] [1] [Zoom] [WATCH NOW] [more …] { a } {} {1} {{}} «Bonjour» «Name des Hauses»</p>",
  "<p>| * | yes | * | no | a|b|c * star * 5 * 3 | 4 *</p>",
  "<p>&lt;b&gt; 3 &lt; 4 % 5 > 2; x <- y</p>",
  "<p>https://x.org/%C3%A9t%C3%A9?a=%7Bname%7D</p>",
  "<p>the price is $5 {approximately}, C# and #1</p>",
  '<p title="a || b">Home || About&nbsp;||&nbsp;Contact || <b>||name||</b> || More</p>',
])("no false alarm: %s", (html) => expect(findings({ html })).toEqual([]));

test("code that nothing closes hides no leftover", () => {
  expect(findings({ html: "<code>a <p>{{name}}</p>" })).toHaveLength(1);
});

test.each([
  ['<base target="_blank">', "error", "base"],
  ["<script>x()</script>", "warning", "script"],
  ['<iframe src="https://x.org"></iframe>', "warning", "iframe"],
  ['<form action="https://x.org"></form>', "warning", "form"],
  ['<object data="https://x.org/a.swf"></object>', "warning", "object"],
  ['<embed src="https://x.org/a.swf">', "warning", "embed"],
  ['<meta HTTP-EQUIV=" Refresh" content="0;url=https://x.org">', "warning", "meta refresh"],
  ['<link href="https://x.org/a.css" rel="StyleSheet">', "warning", "remote style sheet"],
  ["<style>@import url(https://x.org/a.css);</style>", "warning", "@import"],
  ['<p onclick="x()">y</p>', "warning", "on… attribute"],
  ["<img src='https://x.org/a.png' alt='' ONLOAD=x()>", "warning", "on… attribute"],
])("active markup is found: %s is %s", (html, severity, word) => {
  const found = findings({ html: `<p>\n</p>${html}${html}` }).filter(({ rule }) => rule === "Q12");
  expect(found).toEqual([expect.objectContaining({ severity, line: 2 })]);
  expect(found[0]!.text).toContain(word);
  expect(found[0]!.text).toContain("(2 times)");
});

test.each([
  '<script type="application/ld+json">{"@type":"Event"}</script>',
  '<meta http-equiv="Content-Type" content="text/html">',
  '<!--[if mso]><base href="https://x.org"><script>x</script><![endif]-->',
  "<!-- <script>x()</script> -->",
  '<p once="x" one>on click</p>',
])("what mail programs know is no active markup: %s", (html) => {
  expect(findings({ html }).filter(({ rule }) => rule === "Q12")).toEqual([]);
});
