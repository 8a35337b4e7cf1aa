import { expect, test } from "vitest";
import { aPrompt } from "../../../testing/builders.ts";
import { aMailSource, someMailSettings } from "../../../testing/mailBuilders.ts";
import type { Detail } from "../workOrder.ts";
import { checkContent } from "./contentCheck.ts";
import { linksToCheck } from "./linksToCheck.ts";

const rules = { salutationByName: false, regLinkPresent: false, confirmation: false, inPerson: false };

function found(html: string, prompts: string[] = []): Detail[] {
  const settings = someMailSettings({ prompts: prompts.map((text) => aPrompt({ text })) });
  return checkContent(aMailSource({ html: `${html}<p>x</p>` }), settings, rules).filter(
    ({ rule }) => rule !== "Q8" && rule !== "Q12",
  );
}

/** How a mail names what it loads. */
const shapes: Record<string, (url: string) => string> = {
  img: (url) => `<img src="${url}">`,
  "a button": (url) => `<input type="image" src='${url}'>`,
  "a background": (url) => `<td background="${url}">x</td>`,
  "a poster": (url) => `<video poster="${url}"></video>`,
  "a video": (url) => `<video><source src="${url}"></video>`,
  "a style attribute": (url) => `<td style="color:red;background:#fff url( '${url}' ) no-repeat">x</td>`,
  "a style attribute in references": (url) => `<td style="background-image:url(&quot;${url}&quot;)">x</td>`,
  "a style sheet": (url) => `<style>/* url(x.png) */ td { background: url(${url}) }</style>`,
  "an imported style sheet": (url) => `<style>@import url("${url}");</style>`,
  "a style sheet of its own": (url) => `<link href="${url}" rel="stylesheet">`,
  "the second of a srcset": (url) => `<img src="https://x.org/1.png" srcset="https://x.org/2.png 2x, ${url} 3x">`,
  "the first of a srcset": (url) => `<img src="https://x.org/1.png" srcset="${url}, https://x.org/2.png 2x">`,
  "Outlook's background": (url) =>
    `<!--[if gte mso 9]><v:rect><v:fill type="tile" src="${url}" /></v:rect><![endif]-->`,
  "Outlook's image": (url) => `<!--[if mso]><v:image src="${url}" /><![endif]-->`,
};

test.each(
  Object.entries(shapes).flatMap(([name, shape]) =>
    ["images/logo.png", "/logo.png", "//x.org/logo.png", "logo.png", "https://", "file:///C:/logo.png"].map(
      (url) => [name, url, shape(url)] as const,
    ),
  ),
)("acceptance 40: %s at %s cannot be loaded and is an error", (_, url, html) => {
  expect(found(html)).toEqual([
    expect.objectContaining({ rule: "Q6", severity: "error", line: 1, text: expect.stringContaining(`"${url}"`) }),
  ]);
});

test.each(Object.entries(shapes))("%s on the web is fine and is asked for once", (_, shape) => {
  const html = shape("https://x.org/1.png").repeat(2);
  expect(found(html)).toEqual([]);
  const urls = linksToCheck({ html, language: "EN" }, someMailSettings()).map(({ url }) => url);
  expect(urls.filter((url) => url === "https://x.org/1.png")).toHaveLength(1);
});

test.each([
  ['<img src="">', "is empty"],
  ["<img src>", "is empty"],
  ['<img src="*|IF:FNAME|*https://x.org/a.png*|END:IF|*">', "is empty"],
  ['<img src="cid:logo@x">', "names an attachment"],
  ['<img src="{{logo}}">', "placeholder"],
  ['<img src="https://x.org/%%logo%%.png">', "placeholder"],
  ['<img src="||name||">', "begins with a value"],
  ['<img src="C:\\logo.png">', "begins with c:"],
  ['<img src="https://x.org/a.png width=3><p>x</p><img alt="">', "< or >"],
  ["<style>td{background:url('{{bg}}')}</style>", "placeholder"],
])("acceptance 40: %s is an error", (html, text) => {
  expect(found(html)).toEqual([
    expect.objectContaining({ rule: "Q6", severity: "error", text: expect.stringContaining(text) }),
  ]);
});

test("an image held by the mail itself and a font that cannot be loaded are warnings", () => {
  const html = `<img src="data:image/png;base64,iVBORw0KGgo="><style>@font-face { font-family: A; src: url(fonts/a.woff) }
    @font-face { src: url("data:font/woff;base64,AAAA") }</style>`;
  expect(found(html).map(({ severity, text }) => [severity, text])).toEqual([
    ["warning", expect.stringContaining("Gmail and Outlook do not show")],
    [
      "warning",
      expect.stringContaining('This font address is relative, and no mail program can load it: "fonts/a.woff"'),
    ],
  ]);
});

test.each([
  "<style>v\\:* { behavior: url(#default#VML); display:inline-block }</style>",
  '<div style="behavior:url(#x)">x</div>',
  "<style>@namespace svg url(http://www.w3.org/2000/svg);</style>",
  "<style>@font-face{font-family:A;src:local('A'),url(https://x.org/a.woff2) format('woff2')}</style>",
  "<style>/* td { background: url(a.png) } */ p::after { content: 'url' }</style>",
  '<td background="">x</td>',
  '<td style="background:url()">x</td>',
  '<!--[if mso]><v:fill type="tile" src="" color="#fff" /><![endif]-->',
  '<!-- <img src="a.png"> -->',
  '<link rel="preconnect" href="//fonts.example.net"><link href="//x.org" rel="dns-prefetch">',
  '<svg><use xlink:href="#a"/></svg>',
  '<img src="https://x.org/open?u=*|URL:EMAIL|*" width="1" height="1">',
])("%s is no finding", (html) => {
  expect(found(html)).toEqual([]);
});

test("each address is one finding, in a prompt with its name", () => {
  expect(found('<img src="a.png"><img src="a.png"><img src="b.png">').map(({ column }) => column)).toEqual([11, 45]);
  expect(found('<img src="a.png">'.repeat(3000))).toHaveLength(1);
  const [finding] = found("<p>#salutation</p>", ['<img src="a.png">']);
  expect(finding!.text).toMatch(/^In prompt default#salutation#EN: This image address is relative/);
});

test.each([
  ["blanks in a link", `<a href="a${" ".repeat(480_000)}b">x</a>`],
  ["openings of CSS addresses", `<style>${'url("'.repeat(90_000)}</style>`],
  ["openings without quotes", `<style>${"url(".repeat(90_000)}</style>`],
  ["candidates of a srcset", `<img srcset="${"a.png 1x, ".repeat(48_000)}">`],
  ["links of Mailchimp's footer", '<a href="*|ABOUT_LIST|*">x</a>'.repeat(16_000)],
  ["placeholder ids", '<a href="https://x.org/?pid=123456789">x</a>'.repeat(11_000)],
  ["garbled letters", "Ã¼".repeat(200_000)],
])("half a megabyte of %s is judged in linear time", (_, html) => {
  const start = performance.now();
  checkContent(aMailSource({ html }), someMailSettings(), rules);
  expect(performance.now() - start).toBeLessThan(20_000);
});
