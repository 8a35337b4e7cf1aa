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
    '<div STYLE="max-height:0; overflow:hidden">Preview</div><div style="max-height:0px">too</div><p style="max-height:0.5em;font-size:0">Hello</p>';
  expect(text(html)).toBe("Hello");
});

test("layout tables read cell by cell, headings keep their case", () => {
  expect(text("<table><tr><td><h1>*|FNAME|* writes</h1></td><td>One</td></tr><tr><td>Two</td></tr></table>")).toBe(
    "Ana writes\n\nOne\nTwo",
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
