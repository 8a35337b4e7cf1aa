import { expect, test } from "vitest";
import { removeBadge } from "./removeBadge.ts";

const badge = `<center><br><a href="http://www.mailchimp.com/email-referral/?utm_source=freemium"><img src="https://cdn/x.gif"></a></center>`;

test("the badge behind the mail goes, the mail stays", () => {
  const mail = "<body><center><p>Hello</p></center>";
  expect(removeBadge(`${mail}${badge}</body>`)).toBe(`${mail}</body>`);
});

test("only the last of several goes", () => {
  expect(removeBadge(`<p>a</p>${badge}<p>b</p>${badge}<p>c</p>`)).toBe(`<p>a</p>${badge}<p>b</p><p>c</p>`);
});

test("a badge inside the layout goes alone", () => {
  expect(removeBadge(`<center><p>Hello</p>${badge}</center>`)).toBe("<center><p>Hello</p></center>");
});

test.each([
  [
    "the layout that holds the whole mail",
    `<center><p>Hello</p><a href="https://mailchimp.com/">made with</a></center>`,
  ],
  [
    "a block that only shows a picture from there",
    `<p>x</p><center><img src="https://gallery.mailchimp.com/a.png"></center>`,
  ],
  ["a block that links elsewhere", `<p>x</p><center><a href="https://mailchimp.com.example.org/">x</a></center>`],
  ["a block inside an Outlook comment", `<p>x</p><!--[if mso]>${badge}<![endif]-->`],
  ["a link outside of any block", `<center>x</center><a href="https://mailchimp.com/">x</a>`],
])("%s stays", (_what, html) => {
  expect(removeBadge(html)).toBe(html);
});

test.each(["<!--", "<center ", "<a ", "<head>", "<style>"])("a large source full of %s is read in one go", (piece) => {
  expect(removeBadge(piece.repeat(60_000))).toBe(piece.repeat(60_000));
});

test("a badge behind a head that nothing closes goes", () => {
  const mail = "<html><head><title>T</title><body><p>Hello</p>";
  expect(removeBadge(`${mail}${badge}`)).toBe(mail);
});

test("a block Outlook alone opens does not mix up the others", () => {
  const html = `<!--[if mso]><center><![endif]--><p>Hello</p>${badge}<!--[if mso]></center><![endif]-->`;
  expect(removeBadge(html)).toBe("<!--[if mso]><center><![endif]--><p>Hello</p><!--[if mso]></center><![endif]-->");
});
