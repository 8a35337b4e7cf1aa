import { expect, test } from "vitest";
import { aPrompt } from "../../../testing/builders.ts";
import { someMailSettings } from "../../../testing/mailBuilders.ts";
import { stockTemplate } from "../../../testing/stockTemplate.ts";
import { linksToCheck } from "./linksToCheck.ts";

function links(html: string, settings = someMailSettings()) {
  return linksToCheck({ html, language: "EN" }, settings);
}

test("each web link once, at its first place, references decoded, without fragment and recipient values", () => {
  const html = `<a href="https://x.org/a?b=1&amp;c=2#top">1</a>
 <a href='https://x.org/a?b=1&c=2'>2</a><a href="mailto:a@example.org">3</a><a href="*|UNSUB|*">4</a>
<a href="https://register.example.org/?aid=||aid||&amp;pid=123456789&amp;h=||hash||&x=y">5</a>
<a href="https://x.org/*|FNAME|*">6</a><a href="*|LIST:URL|*">7</a><link href="https://fonts.example.net">
<a href="https://*|IF:COUNTRY|*es.x.org*|ELSE:|*x.org*|END:IF|*/b">8</a>`;
  expect(links(html)).toEqual([
    { language: "EN", url: "https://x.org/a?b=1&c=2", line: 1, column: 10 },
    { language: "EN", url: "https://register.example.org/?aid=E2026&x=y", line: 3, column: 10 },
    { language: "EN", url: "https://www.example.org/", line: 4, column: 49 },
    { language: "EN", url: "https://es.x.org/b", line: 5, column: 10 },
    { language: "EN", url: "https://x.org/b", line: 5, column: 10 },
  ]);
});

test("links of Outlook's comments and of prompts are checked, those of plain comments are not", () => {
  const prompts = [aPrompt({ text: '\n<a href="https://x.org/p">x</a>' })];
  const html =
    '<!-- <a href="https://x.org/no">x</a> --><!--[if mso]><a href="https://x.org/o">x</a><![endif]--><p>#salutation</p>';
  expect(links(html, someMailSettings({ prompts })).map(({ url, line, column }) => [url, line, column])).toEqual([
    ["https://x.org/o", 1, 64],
    ["https://x.org/p", 1, 101],
  ]);
});

test("a stock template's links", () => {
  expect(links(stockTemplate({ sections: 2 })).map(({ url }) => url)).toEqual([
    "https://www.example.org/",
    "https://images.example.net/logo.png",
    "https://register.example.org/pay?aid=E2026",
    "https://register.example.org/?aid=E2026",
    "https://www.example.org/programme?day=1&lang=en",
    "https://www.example.org/programme?day=2&lang=en",
  ]);
});

test("an image that is also linked to is checked as both; a personal image is not checked", () => {
  const html = `<a href="https://x.org/a.png"><img src="https://x.org/a.png"></a><img src="https://x.org/||pid||.png">
<style>@import url(https://x.org/a.css); td{background:url(https://x.org/b.png)}</style>`;
  expect(links(html).map(({ url, resource }) => [url, resource])).toEqual([
    ["https://x.org/a.png", undefined],
    ["https://x.org/a.png", "image"],
    ["https://x.org/a.css", "stylesheet"],
    ["https://x.org/b.png", "image"],
  ]);
});
