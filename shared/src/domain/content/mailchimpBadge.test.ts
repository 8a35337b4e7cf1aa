import fc from "fast-check";
import { expect, test } from "vitest";
import { aMailSource, someMailSettings } from "../../../testing/mailBuilders.ts";
import { checkContent } from "./contentCheck.ts";
import { mailchimpBadges } from "./mailchimpBadge.ts";

const image = (name: string) => `<img src="https://cdn-images.mailchimp.com/monkey_rewards/${name}" alt="Powered">`;
/** As Mailchimp has written them over the years. */
const shapes: Record<string, string> = {
  "from 2013": `<a href="http://www.mailchimp.com/monkey-rewards/?utm_source=freemium_newsletter&utm_medium=email&aid=1&afl=1"><img src="http://cdn-images.mailchimp.com/monkey_rewards/MC_MonkeyReward_15.png" border="0" alt="Email Marketing Powered by MailChimp" title="MailChimp Email Marketing" width="139" height="54"></a>`,
  "from 2021": `<a href="http://www.mailchimp.com/email-referral/?utm_source=freemium_newsletter&amp;utm_medium=email&amp;aid=1&amp;afl=1">${image("MC_MonkeyReward_15.png")}</a>`,
  "of the new builder": `<a href="http://eepurl.com/i8m1qI" target="_blank" rel="noopener noreferrer"><img style="max-width:100%" width="137" height="53" alt="Email Marketing Powered by Mailchimp" title="Mailchimp Email Marketing" src="https://cdn-images.mailchimp.com/monkey_rewards/intuit-mc-rewards-2.png" /></a>`,
  "in a span": `<a href="http://eepurl.com/iwQRLg"><span style="display: inline-block; background-color: black;">${image("intuit-mc-rewards-no-bg-1.svg")}</span></a>`,
  "kept elsewhere": `<a href='http://eepurl.com/x'><img src='https://mcusercontent.com/1/badge.png' alt='Email Marketing Powered by Mailchimp'></a>`,
  "behind an image proxy": `<a href="https://www.mailchimp.com/monkey-rewards/"><img src="https://ci5.googleusercontent.com/proxy/x#https://cdn-images.mailchimp.com/monkey_rewards/a.png"></a>`,
  "in words": `<a href="http://www.mailchimp.com/monkey-rewards/?aid=1">Email Marketing <b>Powered by Mailchimp</b></a>`,
  "without link": image("grow-business-banner-2.png"),
};

/** What of the source is removed, piece by piece. */
function removed(html: string): string[] {
  return mailchimpBadges(html)
    .filter(({ removable }) => removable)
    .map(({ start, end }) => html.slice(start, end));
}

test.each(Object.entries(shapes))("the badge %s goes alone, whatever is in its cell", (_, badge) => {
  expect(removed(`<td>Our address<br><br>${badge}</td>`)).toEqual([badge]);
  expect(removed(`<center><table><tr><td id="a">Hello</td><td>${badge}</td></tr></table></center>`)).toEqual([badge]);
});

test("elements that hold nothing but the badge go with it, a table as a whole", () => {
  const badge = shapes["from 2021"]!;
  const bar = `<center>\n<br><table width="100%" id="canspamBarWrapper" style="border-top:1px solid #E5E5E5"><tr><td align="center">${badge}&nbsp;</td></tr></table></center>`;
  expect(removed(`<body><p>Hello</p>${bar}</body>`)).toEqual([bar]);
  expect(removed(`<td><div><p style="line-height:1">${badge}</p></div></td>`)).toEqual([
    `<div><p style="line-height:1">${badge}</p></div>`,
  ]);
});

test.each([
  ["a coloured block", (badge: string) => `<div style="background:#eee">${badge}</div>`],
  ["a place that links lead to", (badge: string) => `<p id="end">${badge}</p>`],
  ["a comment beside it", (badge: string) => `<p><!-- end -->${badge}</p>`],
  ["a condition around it", (badge: string) => `<p>*|IF:REWARDS|*${badge}*|END:IF|*</p>`],
])("%s stays", (_, around) => {
  const badge = shapes["from 2021"]!;
  expect(removed(around(badge))).toEqual([badge]);
});

test.each([
  ["a file kept at Mailchimp", `<center><a href="https://gallery.mailchimp.com/0/files/a.pdf">file</a></center>`],
  ["a link to Mailchimp", `<center><a href="https://mailchimp.com/"><img src="https://x.org/a.png"></a></center>`],
  [
    "a sign-up form behind a picture",
    `<a href="http://eepurl.com/x"><img src="https://x.org/join.png" alt="Join"></a>`,
  ],
  ["a sign-up form behind words", `<p><a href="http://eepurl.com/x">Sign up for our newsletter</a></p>`],
  ["an article on the badge", `<a href="https://mailchimp.com/email-referral/">how Mailchimp pays</a>`],
  ["a picture of another host", `<img src="https://x.org/monkey_rewards/a.png">`],
  ["a source in a textarea", `<textarea>${shapes["from 2021"]}</textarea>`],
])("%s is no badge", (_, html) => {
  expect(mailchimpBadges(html)).toEqual([]);
});

const inPart = [
  ["in a link with words", `<a href="https://x.org/">Our sponsor ${image("a.png")}</a>`],
  ["in a link with a picture", `<a href="http://eepurl.com/x"><img src="https://x.org/a.png">${image("a.png")}</a>`],
  ["in a link that is never closed", `<a href="http://eepurl.com/x">${image("a.png")}<p>Hello</p>`],
  ["in a link that closes too late", `<a href="http://eepurl.com/x"><b>${image("a.png")}</a></b>`],
  ["in a link with a condition", `<a href="http://eepurl.com/x">*|IF:X|*${image("a.png")}*|END:IF|*</a>`],
  ["for Outlook alone", `<!--[if mso]>${shapes["from 2021"]}<![endif]-->`],
] as const;

test.each(inPart)("a badge %s stays, with a warning at its place", (_, html) => {
  expect(removed(`<p>a</p>\n${html}`)).toEqual([]);
  const source = aMailSource({ html: `<p><a href="*|UNSUB|*">leave</a></p>\n${html}` });
  const rules = { salutationByName: false, regLinkPresent: false, confirmation: false, inPerson: false };
  const findings = checkContent(source, someMailSettings(), rules).filter(({ rule }) => rule === "Q11");
  const column = html.search(/<img [^>]*monkey_rewards/) + 1;
  expect(findings).toEqual([expect.objectContaining({ severity: "warning", line: 2, column })]);
});

const pieces = ["Hello", " ", "\n", "&nbsp;", "<br>", "<p>", "</p>", "<div>", "</div>", "<center>", "</center>", "<a>"];
const morePieces = [
  "</a>",
  "<b>",
  "</b>",
  '<td id="x">',
  "</td>",
  "<table>",
  "</table>",
  "<!-- c -->",
  "<!--[if mso]>",
];
const oddPieces = ["<![endif]-->", "*|IF:A|*", "*|END:IF|*", "<style>", "</style>", '<p title="', '">', "<", "ü", "\0"];
const surroundings = fc
  .array(fc.constantFrom(...pieces, ...morePieces, ...oddPieces), { maxLength: 12 })
  .map((parts) => parts.join(""));

test("acceptance 38: whatever surrounds the badge, everything but the badge and its empty wrapping is kept to the byte", () => {
  const emptyWrapping = /^(?:\s|&nbsp;|<br>|<\/?(?:a|p|div|center|b|table)(?: title="[^"]*"[^>]*)?>)*$/;
  fc.assert(
    fc.property(surroundings, surroundings, fc.constantFrom(...Object.values(shapes)), (before, behind, badge) => {
      const html = `${before}${badge}${behind}`;
      for (const { start, end, removable } of mailchimpBadges(html)) {
        if (!removable) continue;
        expect(html.slice(start, before.length)).toMatch(emptyWrapping);
        expect(html.slice(before.length + badge.length, end)).toMatch(emptyWrapping);
      }
      expect(mailchimpBadges(html).length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 3000 },
  );
});

test("acceptance 38: a badge between texts goes, and nothing else", () => {
  fc.assert(
    fc.property(fc.lorem(), fc.lorem(), fc.constantFrom(...Object.values(shapes)), (before, behind, badge) => {
      expect(removed(`<center><p>${before}${badge}${behind}</p></center>`)).toEqual([badge]);
    }),
  );
});
