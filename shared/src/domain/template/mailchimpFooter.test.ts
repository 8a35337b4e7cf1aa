import { expect, test } from "vitest";
import { aMailSource, aRecipient, compiled, faults, html, someMailSettings } from "../../../testing/mailBuilders.ts";
import { checkContent } from "../content/contentCheck.ts";

/** What Mailchimp appends to a template without a footer. */
const bar = `<center><table id="canspamBarWrapper"><tr><td>Sent to <a href="mailto:*|EMAIL|*">*|EMAIL|*</a><br>
<a href="*|ABOUT_LIST|*" target="_blank"><em>why did I get this?</em></a> <a href="*|UNSUB|*">leave</a> <a href="*|UPDATE_PROFILE|*">change</a>
<a href="*|FORWARD|*">forward</a><br>*|LIST:DESCRIPTION|*<br>*|LIST:ADDRESSLINE|*<br>*|REWARDS|*</td></tr></table></center>`;

const rules = { salutationByName: false, regLinkPresent: false, confirmation: false, inPerson: false };

test("acceptance 20: the footer Mailchimp appends is no finding, and shows what there is", () => {
  expect(checkContent(aMailSource({ html: `<p>Hi *|FNAME|*</p>${bar}` }), someMailSettings(), rules)).toEqual([]);
  const { html: mail, text } = compiled({ html: bar }).render(aRecipient());
  expect(mail).toContain("You are on our list.<br>1 River Lane, Town<br></td>");
  expect(mail).toContain('<a href="https://mail.example.org/u/token?a=1&amp;b=2">leave</a>');
  for (const shown of [mail, text]) expect(shown).not.toMatch(/why did I|forward|\*\||href=""/);
});

test("acceptance 20: without a profile page the link to it is left out of that footer, elsewhere it is an error", () => {
  const settings = someMailSettings({ configured: { unsubscribe: true, archive: true, profile: false, hash: true } });
  expect(checkContent(aMailSource({ html: bar }), settings, rules)).toEqual([]);
  expect(html(bar, settings)).not.toContain("change");
  expect(faults('<a href="*|UPDATE_PROFILE|*">change</a>', settings)).toHaveLength(1);
});

test("in a footer of one's own a link to a page of Mailchimp's is left out, with a warning", () => {
  const source = '<p>\n<a href="*|UNSUB|*">leave</a> <a href=" *|ABOUT_LIST|* "><b>why?</b></a>.</p>';
  expect(html(source)).toBe('<p>\n<a href="https://mail.example.org/u/token?a=1&amp;b=2">leave</a> .</p>');
  expect(checkContent(aMailSource({ html: source }), someMailSettings(), rules)).toEqual([
    expect.objectContaining({ rule: "Q11", severity: "warning", line: 2, text: expect.stringContaining("ABOUT_LIST") }),
  ]);
});

test("in the footer of a stock template a link to pass the mail on is left out, with a warning", () => {
  const footer = `<table id="templateFooter"><tr><td><a href="*|UNSUB|*">leave</a> <a href="*|FORWARD|*">to a friend</a></td></tr></table>`;
  expect(html(footer)).not.toContain("to a friend");
  expect(checkContent(aMailSource({ html: footer }), someMailSettings(), rules)).toEqual([
    expect.objectContaining({ rule: "Q11", severity: "warning", text: expect.stringContaining("FORWARD") }),
  ]);
});

test.each([
  ['<a href="*|FORWARD|*">tell a friend</a>', "FORWARD"],
  ['<a href="*|ABOUT_LIST|*">*|IF:FNAME|*why?</a>*|END:IF|*', "ABOUT_LIST"],
  ['<a href="https://x.org/?a=*|ABOUT_LIST|*">why?</a>', "ABOUT_LIST"],
])("a tag that cannot be left out is an error: %s", (source, tag) => {
  expect(faults(source)[0]!.text).toContain(tag);
});
