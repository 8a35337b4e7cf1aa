import fc from "fast-check";
import { expect, test } from "vitest";
import { anEvent, aParticipant, aPrompt } from "../../../testing/builders.ts";
import { aRecipient, compiled } from "../../../testing/mailBuilders.ts";
import { stockTemplate } from "../../../testing/stockTemplate.ts";
import { textOf } from "./textPart.ts";

function text(html: string): string {
  return compiled({ html }).render(aRecipient()).text;
}

test("links read as text (URL), a link that shows itself once", () => {
  expect(
    text('<p>See <a href="https://x.org/?a=1&amp;b=2">our site</a>, <a href="https://x.org">https://x.org</a></p>'),
  ).toBe("See our site (https://x.org/?a=1&b=2), https://x.org");
  expect(text('<a href="*|UNSUB|*">*|UNSUB|*</a>')).toBe("https://mail.example.org/u/token?a=1&b=2");
  expect(text('<a href="https://x.org"><img alt="Our house" src="https://x.org/a.png"></a>')).toBe(
    "Our house (https://x.org)",
  );
});

test("hidden elements, comments, styles and titles are left out", () => {
  const html =
    '<title>T</title><style>p{}</style><div style="color:red; DISPLAY : none">Preview<p>line</p></div><!-- c --><p hidden>h</p><span style="visibility:hidden">v</span>Hello<img style="display:none" alt="pixel"> you<p>Bye</p>';
  expect(text(html)).toBe("Hello you\n\nBye");
});

test("a preview line that is hidden by its height is left out, a low element is not", () => {
  const html =
    '<div STYLE="max-height:0; overflow:hidden">Preview</div><div style="max-height:0px">too</div><p style="max-height:0.5em;font-size:1px">Hello</p>';
  expect(text(html)).toBe("Hello");
});

test("layout tables read cell by cell, headings keep their case", () => {
  expect(text("<table><tr><td><h1>*|FNAME|* writes</h1></td><td>One</td></tr><tr><td>Two</td></tr></table>")).toBe(
    "Ana writes\n\nOne\nTwo",
  );
});

test("elements that their style makes a block are lines of their own", () => {
  expect(text('<p><span style="color:red;DISPLAY: block">A</span><b style="display:block">B</b><i>C</i></p>')).toBe(
    "A\nB\nC",
  );
});

test("the text follows the conditions of each recipient", () => {
  const mail = compiled({ html: "<p>*|FNAME|*</p>*|IF:FNAME=Ana|*<p>Yes</p>*|ELSE:|*<p>No</p>*|END:IF|*" });
  const of = (first: string) => mail.render(aRecipient({ participant: aParticipant({ first }) })).text;
  expect(["Ana", "Bo", "Ana", " ", "Cy"].map(of)).toEqual(["Ana\n\nYes", "Bo\n\nNo", "Ana\n\nYes", "No", "Cy\n\nNo"]);
});

const template = `${stockTemplate({ sections: 1 })}
<p>*|FNAME|*</p><p>*|FNAME|*<br>*|LNAME|*</p><p>[*|FNAME|**|LNAME|*]</p><p> *|LNAME|* x *|FNAME|* </p>
<ul><li>||name||</li></ul><img alt="*|LNAME|*"><a href="https://x.org/*|FNAME|*">*|LNAME|*</a> <a href="*|ARCHIVE|*">*|COUNTRY|*</a>
*|IF:COUNTRY=Spain|*<table><tr><td>*|EMAIL|*</td></tr></table>*|END:IF|* #if retreats a
||retreats|| #endif *|IF:FNAME=Ana|*<p>Here is Ana</p>*|ELSE:|*<p>Here is somebody</p>*|END:IF|* end`;

test("the text of a compiled mail is what converting its rendered HTML gives, whatever the values", () => {
  const settings = {
    event: anEvent({ config: { whichRetreatsConfig: { a: { prompt: "one" }, ab: { prompt: "two" } } } }),
    prompts: [aPrompt({ key: "one", text: "One, ||name||" }), aPrompt({ key: "two", text: "<p>Two</p>" })],
  };
  const mail = compiled({ html: template, previewText: "*|FNAME|*" }, settings);
  const value = fc.oneof(
    fc.constantFrom(
      "",
      " ",
      "Ana",
      "Ana ",
      " Ana",
      "\n",
      "A\n\nB",
      "<b>x</b>",
      "&amp;",
      "\u00a0",
      "\u200b",
      "https://x.org/Ana",
      "1",
      "*|X|*",
      "\ufdd00\ufdd1",
    ),
    fc.string({ unit: "grapheme" }),
  );
  fc.assert(
    fc.property(
      value,
      value,
      fc.option(fc.oneof(fc.constant("Spain"), value)),
      fc.subarray(["a", "ab"]),
      value,
      (first, last, country, retreats, archive) => {
        const programs = { E2026: { whichRetreats: Object.fromEntries(retreats.map((key) => [key, true])) } };
        const participant = aParticipant({ first, last, country, programs });
        const rendered = mail.render(
          aRecipient({
            participant,
            archiveUrl: `https://mail.example.org/${encodeURIComponent(archive.toWellFormed())}`,
          }),
        );
        expect(rendered.text).toBe(textOf(rendered.html));
      },
    ),
    { numRuns: 200 },
  );
});

test.each([
  [
    '<a href="https://x.org/c"><img src="1" alt=""></a><a href="https://x.org/d"><img src="2"></a>',
    "https://x.org/c https://x.org/d",
  ],
  ['see<a href="https://x.org/c"><img src="1" alt=""></a>now', "see https://x.org/c now"],
  ['<a href="https://x.org/c">C</a><a href="https://x.org/d">D</a>', "C (https://x.org/c) D (https://x.org/d)"],
  [
    '<span><a href="https://x.org/c">C</a></span><b><a href="https://x.org">https://x.org</a></b>',
    "C (https://x.org/c) https://x.org",
  ],
  [
    '<a href="https://x.org/c"> C </a>, <a href=" https://x.org/d ">D</a>.',
    "C (https://x.org/c), D (https://x.org/d).",
  ],
  ['<a href="mailto:?subject=Look">Tell</a>', "Tell (mailto:?subject=Look)"],
  [
    '<a href="mailto:a@x.org?subject=Hi%20there&amp;cc=b@x.org">Write</a>',
    "Write (mailto:a@x.org?subject=Hi%20there&cc=b@x.org)",
  ],
  ['<a href="MAILTO:a@x.org">Write</a> <a href="mailto:a@x.org">a@x.org</a>', "Write (a@x.org) a@x.org"],
  ['<a href="#top">Up</a> <a name="x">Here</a> <a href="tel:+4420">Call</a>', "Up Here Call (tel:+4420)"],
  ['<img alt="One"><img alt="Two">three', "One Two three"],
])("links and pictures are separated and whole: %s", (html, expected) => expect(text(html)).toBe(expected));

test.each([
  ["<center>a</center>b<address>c</address>d", ["a", "b", "c", "d"]],
  ["<dl><dt>a</dt><dd>b</dd></dl><figure>c<figcaption>d</figcaption></figure>", ["a", "b", "c", "d"]],
  ["<table><caption>a</caption><thead><tr><th>b<th>c<tbody><tr><td>d</table>", ["a", "b", "c", "d"]],
  ["<html><head><title>t</title></head><body>a</body></html><p>b</p>c", ["a", "b", "c"]],
  ["<head><style>x{}</style><p>a</p>b<body>c", ["a", "b", "c"]],
  ["<ul><li>a<ul><li>b</ul><li>c</ul><li>d", ["a", "b", "c", "d"]],
  ["<pre>a\n  b</pre>c<br>d&nbsp;e&eacute;", ["a", "b", "c", "d", "eé"]],
  ["<details><summary>a</summary>b</details><noscript>c</noscript><object>d</object>", ["a", "b", "c", "d"]],
  ["<template>x</template><iframe>x</iframe><!-- x --><!--[if mso]>x<![endif]-->a", ["a"]],
  [`${"<div>".repeat(450)}a${"</div>".repeat(450)}b`, ["a", "b"]],
])("everything a browser shows is there, word by word: %s", (html, words) => {
  expect(text(html).match(/[\p{L}\p{N}]+/gu)).toEqual(words);
});

const sheet = (css: string, body: string) => text(`<style>${css}</style>${body}`);

test.each([
  [".p{display:none!important}", '<span class="a p">hid</span>'],
  [".p { mso-hide:all; visibility : hidden }", '<div class="p">hid<b>hid</b></div>'],
  [".p{max-height:0;overflow:hidden}", '<div class="p">hid</div>'],
  [".p{font-size:0px}", '<div class="p">hid<b>hid</b></div>'],
  [".p{opacity:0}", '<div class="p">hid</div>'],
  [".p{height:0;overflow:hidden}", '<div class="p">hid</div>'],
  ["/* .x{} */ a, .q ,\n.p{color:red;display:none}", '<div class="p">hid</div>'],
  ["#p{display:none}", '<div id="p">hid</div>'],
  ["td.outer > div.p{display:none}", '<table><tr><td class="outer"><div class="p">hid</div></table>'],
  ["body .p{display:none}", '<body><table><tr><td class="p">hid</td></tr></table>'],
  ["div{color:red}.p{display:none}div{display:block}", '<div class="p">hid</div>'],
  ["@media (max-width:600px){.p{display:block!important}}.p{display:none}", '<div class="p">hid</div>'],
  ["@media all{.p{display:none}}", '<div class="p">hid</div>'],
  ["@media only screen , print{.p{display:none}}", '<div class="p">hid</div>'],
  [".p\\:q{display:none}", '<div class="p:q">hid</div>'],
  ["@import 'x';@font-face{font-family:x}.p{display:none", '<div class="p">hid</div>'],
])("what a style sheet hides is left out: %s", (css, html) => {
  expect(sheet(`${css}}`.replace(/\}\}$/, "}"), `${html}seen`)).toBe("seen");
});

test("a style element for all media hides, one for small screens does not", () => {
  const hide = (media: string) => text(`<style media="${media}">.p{display:none}</style><p class="p">a</p>b`);
  expect(["all", "screen", "(max-width: 600px)", "print"].map(hide)).toEqual(["b", "b", "a\n\nb", "a\n\nb"]);
});

test.each([
  ["@media (max-width:600px){.p{display:none}}", '<div class="p">seen</div>'],
  ["@media print{.p{display:none}}", '<div class="p">seen</div>'],
  ["@media screen and (min-width:600px){.p{display:none}}", '<div class="p">seen</div>'],
  [".p{display:none}@media (min-width:600px){.p{display:block!important}}", '<div class="p">seen</div>'],
  [".p{display:none}div.p{display:block}", '<div class="p">seen</div>'],
  [".p{display:none}", '<div class="p" style="display:block">seen</div>'],
  [".p{display:none}.p:first-child{display:block}", '<div class="p">seen</div>'],
  [
    ".p:hover{display:none} .p::before{display:none} a+.p{display:none} .p[x]{display:none}",
    '<div class="p">seen</div>',
  ],
  [".pp{display:none} .p .p{display:none} b.p{display:none} .q>.p{display:none}", '<div class="p">seen</div>'],
  [".p{mso-hide:all}", '<div class="p">seen</div>'],
  [".p{max-height:0.5em;opacity:.5;font-size:10px;height:0}", '<div class="p">seen</div>'],
  [".p{font-size:0}", '<div class="p"><b style="font-size:14px">seen</b></div>'],
  [".p{visibility:hidden}.q{visibility:visible}", '<div class="p"><b class="q">seen</b></div>'],
  ["@keyframes x{from{display:none}} .r{.p{display:none}}", '<div class="p">seen</div>'],
  ["/* .p{display:none} */", '<div class="p">seen</div>'],
  ["<!--[if mso]>.p{display:none}<![endif]-->.q{}", "<div>seen</div>"],
])("what a browser on a computer shows stays: %s", (css, html) => expect(sheet(css, html)).toBe("seen"));

test("no visible word is lost and no hidden one shows, however elements nest", () => {
  const names = ["p", "div", "span", "b", "td", "li", "center", "h2", "blockquote", "pre", "a", "dd"];
  type Part = string | { name: string; way: number; parts: Part[] };
  const { parts } = fc.letrec<{ parts: Part[]; part: Part }>((tie) => ({
    parts: fc.array(tie("part"), { maxLength: 4, depthIdentifier: "p" }),
    part: fc.oneof(
      { depthIdentifier: "p", maxDepth: 5 },
      fc.constant("w"),
      fc.record({ name: fc.constantFrom(...names), way: fc.nat(7), parts: tie("parts") }),
    ),
  }));
  const ways = ["", "", "", "", ' class="gone"', ' style="display:none"', " hidden", ' class="phone"'];
  fc.assert(
    fc.property(parts, (tree) => {
      const seen: string[] = [];
      let number = 0;
      const written = (nodes: readonly Part[], hidden: boolean): string =>
        nodes
          .map((node) => {
            if (typeof node === "string") {
              number += 1;
              if (!hidden) seen.push(`w${number}`);
              return ` w${number} `;
            }
            const isHidden = hidden || [4, 5, 6].includes(node.way);
            const href = node.name === "a" ? ' href="https://x.org/"' : "";
            return `<${node.name}${ways[node.way]}${href}>${written(node.parts, isHidden)}</${node.name}>`;
          })
          .join("");
      // Elements that close each other are nested by the parser in another way than they are written.
      const body = written(tree, false)
        .replaceAll(/<(\/?)(?:p|li|td|dd|h2)\b/g, "<$1div")
        .replaceAll(/<(\/?)a\b/g, "<$1i");
      const css = ".gone{display:none}@media (max-width:600px){.phone{display:none}}";
      expect(text(`<style>${css}</style>${body}`).match(/w\d+/g) ?? []).toEqual(seen);
    }),
    { numRuns: 300 },
  );
});
