import { expect, test } from "vitest";
import { aPrompt } from "../../../testing/builders.ts";
import { aMailSource, someMailSettings } from "../../../testing/mailBuilders.ts";
import type { Detail } from "../workOrder.ts";
import { checkContent } from "./contentCheck.ts";

const rules = { salutationByName: false, regLinkPresent: false, confirmation: false, inPerson: false };

function found(html: string, more: Partial<typeof rules> = {}, prompt?: string): Detail[] {
  const settings = someMailSettings({ prompts: prompt ? [aPrompt({ text: prompt })] : [] });
  return checkContent(aMailSource({ html }), settings, { ...rules, ...more }).filter(({ rule }) => rule === "Q4");
}

const inner = "https://register.example.org/form?aid=E2026&pid=123456789";
const twice = encodeURIComponent(encodeURIComponent(inner));

test.each([
  ["a host that is not listed", '<a href="https://www.register.example.org/form?aid=E2026&amp;pid=123456789">x</a>'],
  ["a path", '<a href="https://register.example.org/form/123456789/go">x</a>'],
  ["another parameter", '<a href="https://register.example.org/form?aid=E2026&participant=123456789">x</a>'],
  ["a fragment", '<a href="https://register.example.org/form#pid=123456789">x</a>'],
  ["a wrapped link", `<a href="https://click.example.net/redirect?u=${encodeURIComponent(inner)}&amp;x=1">x</a>`],
  ["a link wrapped twice", `<a href="https://click.example.net/redirect?u=${twice}">x</a>`],
  [
    "a link that Proofpoint wrapped",
    '<a href="https://urldefense.com/v3/__https://x.org/f?aid=E2026&pid=123456789__;!!abc!x$">x</a>',
  ],
  [
    "a link that Proofpoint wrapped in its older way",
    '<a href="https://urldefense.proofpoint.com/v2/url?u=https-3A__x.org_f-3Faid-3DE2026-26pid-3D123456789&d=DwMF">x</a>',
  ],
  [
    "base64",
    `<a href="https://click.example.net/p?v=${Buffer.from(`{"url":"${inner}"}`).toString("base64url")}">x</a>`,
  ],
  ["the source of a mail", '<a href="https://x.org/form?pid=3D123456789">x</a>'],
  ["encoded digits", '<a href="https://x.org/?pid=%31%32%33%34%35%36%37%38%39">x</a>'],
  ["a branch", '<a href="https://x.org/?pid=*|IF:FNAME|*1*|ELSE:|*123456789*|END:IF|*">x</a>'],
  ["a mail to write", `<a href="mailto:a@x.org?body=${encodeURIComponent(inner)}">x</a>`],
  ["an image", '<img src="https://x.org/qr?pid=123456789">'],
  ["a background", '<td style="background:url(https://x.org/qr?pid=123456789)">x</td>'],
  ["Outlook's button", '<!--[if mso]><v:roundrect href="https://x.org/?pid=123456789"></v:roundrect><![endif]-->'],
  ["running text", "<p>Go to https://www.register.example.org/form?aid=E2026&amp;pid=123456789.</p>"],
  ["data for mail programs", '<script type="application/ld+json">{"url":"https://x.org/?pid=123456789"}</script>'],
  ["another attribute", '<div data-url="https://x.org/?pid=123456789">x</div>'],
  ["running text without scheme", "<p>Go to www.register.example.org/123456789 now</p>"],
])("acceptance 24: the placeholder id in %s is an error", (_, html) => {
  const findings = found(html);
  expect(findings).toEqual([
    expect.objectContaining({
      severity: "error",
      line: 1,
      text: expect.stringContaining("still holds the placeholder"),
    }),
  ]);
  expect(findings[0]!.column).toBeGreaterThan(1);
});

test.each([
  `<a href="${inner}">x</a>`,
  `<p>${inner}</p>`,
  '<a href="https://x.org/?a=1234567890">x</a> <a href="https://x.org/?a=0123456789&b=x123456789">y</a>',
  '<img src="https://x.org/123456789.png"> <img src="https://x.org/a_123456789">',
  '<a href="https://x.org/%3D1234567890">x</a>',
  '<a href="tel:123456789">x</a> <p>Call 123456789</p>',
  "<!-- https://x.org/?pid=123456789 -->",
])("%s is fine", (html) => expect(found(html)).toEqual([]));

test("a link that is wrong otherwise is one finding, and one in a prompt names the prompt", () => {
  const wrong = '<a href="https://register.example.org/form?aid=E1&other=123456789&pid=123456789">x</a>';
  expect(found(wrong, { regLinkPresent: true })).toEqual([
    expect.objectContaining({ text: expect.stringContaining('aid must be "E2026"') }),
  ]);
  const [finding] = found("<p>#salutation</p>", {}, '<a href="https://x.org/?pid=123456789">x</a>');
  expect(finding!.text).toMatch(/^In prompt default#salutation#EN: The URL/);
});
