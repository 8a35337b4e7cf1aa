import { expect, test } from "vitest";
import { inboxLine } from "./inboxLine.ts";

test.each([
  [
    "hidden text that comes first, as templates write a preview text",
    `<html><head><title>News</title><style>p{color:red}</style></head><body><!--x--><span style="display:none">Doors open at nine</span><h1>Welcome</h1></body></html>`,
    "Doors open at nine Welcome",
  ],
  [
    "words of one line stay whole, blocks and cells are apart",
    "<table><tr><td>one</td><td>t<b>w</b>o</td></tr></table><p>three<br>four</p>",
    "one two three four",
  ],
  ["nothing invisible", `<div>Hello&zwnj;&nbsp;&#847;&zwnj;&nbsp;&#847; </div><p>all</p>`, "Hello all"],
  ["characters as they read", "<p>Grüße &amp; Küsse &lt;3 👩‍👩‍👦</p>", "Grüße & Küsse <3 👩‍👩‍👦"],
  ["nothing, where there is no text", `<p><img src="x" alt=""></p>`, ""],
])("the line behind the subject shows %s", (_what, html, line) => {
  expect(inboxLine(html)).toBe(line);
});

test("a long text is cut between characters", () => {
  expect(inboxLine(`<p>${"😀".repeat(200)}</p>`, 3)).toBe("😀😀😀…");
});
