import { expect, test } from "vitest";
import { removeBadge } from "./removeBadge.ts";

const badge = `<center><br><a href="http://www.mailchimp.com/email-referral/?utm_source=freemium"><img src="https://cdn/x.gif"></a></center>`;

test("the badge behind the mail goes, the mail stays", () => {
  const mail = "<body><center><p>Hello</p></center>";
  expect(removeBadge(`${mail}${badge}</body>`)).toBe(`${mail}</body>`);
  expect(removeBadge(`<center><p>Hello</p>${badge}</center>`)).toBe("<center><p>Hello</p></center>");
});

test("each of several goes", () => {
  expect(removeBadge(`<p>a</p>${badge}<p>b</p>${badge}<p>c</p>`)).toBe("<p>a</p><p>b</p><p>c</p>");
});

test("acceptance 38: a mail in one block behind a preview line is not taken for the badge, whatever it links to", () => {
  const mail = `<!--*|IF:MC_PREVIEW_TEXT|*--><span style="display:none">*|MC_PREVIEW_TEXT|*</span><!--*|END:IF|*--><center><table><tr><td>
    <h1>Programme</h1><a href="https://gallery.mailchimp.com/0123/files/a.pdf">the file</a> <a href="https://mailchimp.com/">made with</a>
    </td></tr></table></center>`;
  expect(removeBadge(mail)).toBe(mail);
  expect(removeBadge(`${mail}${badge}`)).toBe(mail);
});

test.each(["<!--", "<center ", "<a ", "<head>", "<style>", "<img>", "<p>", '<a href="http://eepurl.com/"><b>', badge])(
  "a large source full of %s is read in one go",
  (piece) => {
    const html = `${piece.repeat(60_000)}<img src="https://cdn-images.mailchimp.com/monkey_rewards/a.png`;
    const start = performance.now();
    removeBadge(html);
    expect(performance.now() - start).toBeLessThan(20_000);
  },
);

test("a badge behind a head that nothing closes goes", () => {
  const mail = "<html><head><title>T</title><body><p>Hello</p>";
  expect(removeBadge(`${mail}${badge}`)).toBe(mail);
});

test("a block Outlook alone opens does not mix up the others", () => {
  const html = `<!--[if mso]><center><![endif]--><p>Hello</p>${badge}<!--[if mso]></center><![endif]-->`;
  expect(removeBadge(html)).toBe("<!--[if mso]><center><![endif]--><p>Hello</p><!--[if mso]></center><![endif]-->");
});
