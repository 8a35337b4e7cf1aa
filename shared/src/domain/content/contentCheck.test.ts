import { expect, test } from "vitest";
import { aPrompt, someSettings } from "../../../testing/builders.ts";
import { aMailSource, someMailSettings } from "../../../testing/mailBuilders.ts";
import type { MailSettings, MailSource } from "../template/mail.ts";
import type { Detail } from "../workOrder.ts";
import { checkContent } from "./contentCheck.ts";
import type { ContentRules } from "./contentRules.ts";

const noRules: ContentRules = { salutationByName: false, regLinkPresent: false, confirmation: false, inPerson: false };

/** The findings of one rule. */
function found(
  rule: string,
  source: Partial<MailSource>,
  rules: Partial<ContentRules> = {},
  settings: Partial<MailSettings> = {},
): Detail[] {
  return checkContent(aMailSource(source), someMailSettings(settings), { ...noRules, ...rules }).filter(
    (finding) => finding.rule === rule,
  );
}

function texts(findings: Detail[]): string[] {
  return findings.map(({ text }) => text);
}

const zoom = { confirmation: true, inPerson: false, zoomId: "87654321098" };
const zoomMail = (...links: string[]) => ({ html: links.map((link) => `<a href="${link}">Join</a>`).join("\n") });

test("a picture is no Zoom link, and a meeting link without encryption opens a meeting too", () => {
  const picture = '<img src="https://zoom.us/87654321098.png">';
  expect(texts(found("Q3", { html: picture }, zoom))).toEqual([expect.stringContaining("No https link on zoom.us")]);
  const links = zoomMail("https://zoom.us/j/87654321098", "http://zoom.us/j/12345678901");
  expect(texts(found("Q3", links, zoom))).toEqual([expect.stringContaining("found 12345678901")]);
});

test("acceptance 18: a wrong Zoom id in the mail of a virtual confirmation is an error", () => {
  expect(found("Q3", zoomMail("https://us02web.zoom.us/j/87654321098?pwd=x&amp;y=1"), zoom)).toEqual([]);
  const wrong = found("Q3", zoomMail("https://zoom.us/j/87654321098", "https://zoom.us/j/12345678901"), zoom);
  expect(wrong).toEqual([expect.objectContaining({ severity: "error", line: 2, column: 10 })]);
  expect(wrong[0]!.text).toContain("expected id 87654321098, found 12345678901");
  expect(texts(found("Q3", zoomMail("https://zoom.us/w/12345678901"), zoom))).toEqual([
    expect.stringContaining("opens another meeting"),
  ]);
});

test.each([
  ["no link at all", "https://x.org/j/87654321098"],
  ["not https", "http://zoom.us/j/87654321098"],
  ["another domain", "https://notzoom.us/j/87654321098"],
  ["part of a longer number", "https://zoom.us/s/876543210981"],
  ["in the query only", "https://zoom.us/join?id=87654321098"],
])("acceptance 18: the Zoom id must be in a Zoom link: %s", (_, link) => {
  expect(texts(found("Q3", zoomMail(link), zoom))[0]).toContain("No https link on zoom.us");
});

test("acceptance 18: a virtual confirmation without Zoom id is an error; in-person events and other stages need none", () => {
  expect(texts(found("Q3", {}, { ...zoom, zoomId: undefined }))).toEqual([expect.stringContaining("no Zoom id")]);
  expect(found("Q3", {}, { ...zoom, zoomId: undefined, inPerson: true })).toEqual([]);
  expect(found("Q3", zoomMail("https://zoom.us/j/12345678901"), { ...zoom, confirmation: false })).toEqual([]);
});

test("Q1: syntax of subject, preview text and HTML is reported together", () => {
  const findings = found("Q1", { subject: "*|X|*", previewText: "||y||", html: "<p>\n#z</p>" });
  expect(findings.map(({ line, column }) => [line, column])).toEqual([
    [1, 1],
    [1, 1],
    [2, 1],
  ]);
});

test("Q1: a # macro behind < would become a tag, and is refused as the macros in other notations are", () => {
  const prompts = [aPrompt()];
  for (const html of ["<p>#salutation<#salutation/p>", "<p><||salutation||/p>"])
    expect(found("Q1", { html }, {}, { prompts }), html).not.toEqual([]);
  expect(found("Q1", { html: "<p>1 < #salutation &lt;#salutation</p>" }, {}, { prompts })).toEqual([]);
});

test.each(["<p>||name||</p>", "<p>*|FNAME|*</p>", "<p>*|TITLE:FNAME|*</p>", "<p>#salutation</p>"])(
  "Q2: %s greets by name",
  (html) => {
    expect(found("Q2", { html }, { salutationByName: true }, { prompts: [aPrompt()] })).toEqual([]);
  },
);

test.each(["<p>*|LNAME|*</p>", "<!-- ||name|| -->", "*|IF:FNAME|*x*|END:IF|*", '<p title="||name||">'])(
  "Q2: %s greets no one by name",
  (html) => {
    expect(found("Q2", { html }, { salutationByName: true })).toEqual([expect.objectContaining({ severity: "error" })]);
    expect(found("Q2", { html })).toEqual([]);
  },
);

const withLink = { regLinkPresent: true };
const registration = (query: string) => ({ html: `\n<a href="https://register.example.org/go?${query}">x</a>` });

test.each([
  "aid=E2026&amp;pid=123456789",
  "aid=||aid||&pid=||pid||",
  "x=1&aid=||aid||&pid=123456789#top",
  "aid=%7C%7Caid%7C%7C&pid=%7C%7Cpid%7C%7C",
])("Q4: %s names the event and the recipient", (query) =>
  expect(found("Q4", registration(query), withLink)).toEqual([]),
);

test.each([
  ["aid=E2025&pid=123456789", ['aid must be "E2026" or "||aid||", found "E2025"']],
  ["aid=E20260&pid=||pid||", ['found "E20260"']],
  ["pid=||pid||", ["found missing"]],
  ["aid=E2026&pid=12345", ['pid must be "123456789" or "||pid||", found "12345"']],
  ["aid=E2026", ["found missing"]],
  ["aid=e2026&pid=*|FNAME|*", ['found "e2026"', 'found "*|FNAME|*"']],
])("Q4: %s does not", (query, expected) => {
  const findings = found("Q4", registration(query), withLink);
  expect(texts(findings)).toEqual(expected.map((text) => expect.stringContaining(text)));
  for (const finding of findings) expect(finding).toMatchObject({ severity: "error", line: 2, column: 10 });
});

test("Q4: there is a registration link, or a macro that inserts one, whose prompt is checked as well", () => {
  expect(texts(found("Q4", {}, withLink))).toEqual([expect.stringContaining("no registration link")]);
  expect(found("Q4", {})).toEqual([]);
  const prompt = (aid: string) => ({
    prompts: [
      aPrompt({ key: "reglink", text: `<a href="https://register.example.org/?aid=${aid}&pid=||pid||">x</a>` }),
    ],
  });
  expect(found("Q4", { html: "<p>#reglink</p>" }, withLink, prompt("||aid||"))).toEqual([]);
  expect(texts(found("Q4", { html: "<p>#reglink</p>" }, withLink, prompt("E1")))).toEqual([
    expect.stringMatching(/^In prompt default#reglink#EN: .*found "E1"/),
  ]);
});

test.each([
  ["", "is empty"],
  ["  ", "is empty"],
  ["page.html", "is relative"],
  ["#agenda", "leads to a place that is not in the mail"],
  ["//x.org/a", "is relative"],
  ["www.x.org", "is relative"],
  ["http://", "no complete web address"],
  ["mailto:", "is empty behind mailto:"],
  ["mailto:office", "holds no mail address"],
  ["mailto://office@x.org", "has slashes behind mailto:"],
  ["mailto:a@x.org,office", "holds no mail address"],
  ["mailto:office?subject=x", "holds no mail address"],
  ["http://mailto:a@x.org", "no complete web address"],
  ["https://https://x.org", "no complete web address"],
  ["http://http//x.org", "no complete web address"],
  ["https:x.org", "no complete web address"],
  ["https:/x.org", "no complete web address"],
  ["https:///x.org", "no complete web address"],
  ["htp://x.org/", "begins with htp:"],
  ["mail:a@x.org", "begins with mail:"],
  ["https://x.org/&gt;one", "< or >"],
  ["https://x.org/>one</a><p>Important</p><a href=", "< or >"],
  ["data:text/html,x", "cannot be followed"],
  ["https://x.org/{{slug}}", "placeholder"],
  ["[LINK]", "placeholder"],
  ["javascript:alert(1)", "cannot be followed"],
  ["||name||", "begins with a value"],
  ["*|UNSUB|*?x=1", "glued"],
  ["https://x.org/*|ARCHIVE|*", "glued"],
  ["*|IF:FNAME|*https://x.org*|END:IF|*", "is empty"],
])("Q6: href %j is an error", (href, text) => {
  const findings = found("Q6", { html: `<p>\n<a href="${href}">x</a></p>` });
  expect(findings).toEqual([
    expect.objectContaining({ severity: "error", line: 2, column: 10, text: expect.stringContaining(text) }),
  ]);
});

test.each([
  "https://x.org",
  "HTTP://x.org/a?b[]=1&filter[name]=2",
  "mailto:||coord-email||?subject=*|FNAME|*",
  "tel:+34123",
  "*|UNSUB|*",
  "*%7CARCHIVE%7C*",
  "*|LIST:URL|*",
  "https://x.org/?u=*|URL:ARCHIVE|*",
])("Q6: href %j is a link", (href) => expect(found("Q6", { html: `<a href="${href}">x</a>` })).toEqual([]));

test.each([
  "mailto:?subject=*|MC:SUBJECT|*&body=*|URL:ARCHIVE|*",
  "mailto:?to=a@x.org",
  "mailto:a%40x.org?subject=x",
  "mailto:a@x.org, b@x.org",
  "mailto:*|EMAIL|*",
  "sms:+34123?body=x",
  "sms:?body=x",
  "whatsapp://send?text=x",
  "webcal://x.org/a.ics",
  "ms-outlook://compose?to=a@x.org",
  "https://x.org/?mail=mailto:a@x.org",
  "https://x.org/http://y.org",
  "#top",
  "#TOP",
])("Q6: href %j is fine", (href) => {
  const findings = found("Q6", { html: `<a href="${href}">x</a>` });
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
});

test.each([
  ["mailto: a@x.org", "has a blank in its address"],
  ["#", "leads to the top of the mail"],
])("Q6: href %j is a warning", (href, text) => {
  expect(found("Q6", { html: `<a href="${href}">x</a>` })).toEqual([
    expect.objectContaining({ severity: "warning", text: expect.stringContaining(text) }),
  ]);
});

test("a personal link glued to other text is an error in a link only", () => {
  expect(found("Q6", { html: '<p title="https://x.org/*|ARCHIVE|*">https://x.org/*|ARCHIVE|*</p>' })).toEqual([]);
});

test("acceptance 39: a link to a place in the same mail is fine where an element has its id or name", () => {
  const link = (name: string) => `<a href="#${name}">x</a>`;
  const fine = `${["agenda", "top2", "caf%C3%A9", "a&amp;b", "box", "s-*|FNAME|*"].map(link).join("")}
    <h2 id="agenda"></h2><a name="top2"></a><p id="café"><b id=a&amp;b></b><td ID='box'><i id="s-*|FNAME|*"></i>`;
  expect(found("Q6", { html: fine })).toEqual([]);
  const prompts = [aPrompt({ text: `<h2 id="inside">x</h2>${link("outside")}` })];
  expect(found("Q6", { html: `<p>#salutation</p>${link("inside")}<p id="outside">` }, {}, { prompts })).toEqual([]);
  const wrong = `${link("Agenda")}${link("description")}${link("e")}<p id="agenda"><meta name="description"><!-- <p id="e"> -->`;
  expect(texts(found("Q6", { html: wrong }))).toEqual([
    expect.stringContaining('"Agenda"'),
    expect.stringContaining('"description"'),
    expect.stringContaining('"e"'),
  ]);
});

test("Q7: a subject is there and has at most 200 characters", () => {
  expect(found("Q7", { subject: "x".repeat(200) })).toEqual([]);
  expect(texts(found("Q7", { subject: "x".repeat(201) }))).toEqual([expect.stringContaining("EN has 201 characters")]);
  expect(found("Q7", { subject: " " })).toEqual([
    expect.objectContaining({ severity: "error", text: expect.stringContaining("EN is missing") }),
  ]);
});

test("Q8, Q9, Q10: no unsubscribe link, too much HTML and a preview line without text are warnings", () => {
  const link = '<a href="*%7CUNSUB%7C*">x</a>';
  const preview = "<!--*|IF:MC_PREVIEW_TEXT|*-->*|MC_PREVIEW_TEXT|*<!--*|END:IF|*-->";
  const all = checkContent(aMailSource({ html: `${preview}${"é".repeat(52_300)}` }), someMailSettings(), noRules);
  expect(all.map(({ rule, severity }) => [rule, severity])).toEqual([
    ["Q8", "warning"],
    ["Q9", "warning"],
    ["Q10", "warning"],
  ]);
  expect(all[1]!.text).toContain("103 KB");
  const fine = aMailSource({ html: `${preview}${link}${"é".repeat(52_000)}`, previewText: "Soon" });
  expect(checkContent(fine, someMailSettings(), noRules)).toEqual([]);
});

test.each([
  "",
  " \n",
  "<!DOCTYPE html><html><head><title>News</title></head><body><table><tr><td>&nbsp;</td></tr></table></body></html>",
])("Q9: a mail without text and picture is an error: %j", (html) => {
  const text = expect.stringContaining("EN is empty");
  expect(found("Q9", { html })).toEqual([expect.objectContaining({ severity: "error", text })]);
});

test.each(['<img src="https://x.org/a.png" alt="">', "#salutation", "<td background='https://x.org/a.png'></td>"])(
  "Q9: %s is content",
  (html) => expect(found("Q9", { html }, {}, { prompts: [aPrompt()] })).toEqual([]),
);

test("addresses do not appear in findings", () => {
  const findings = checkContent(
    aMailSource({ html: '<a href="ana@example.org">x</a><p>*|ana@example.org|*</p>' }),
    someMailSettings(),
    noRules,
  );
  expect(texts(findings).join()).not.toContain("ana@");
  expect(texts(findings).join()).toContain("…@example.org");
});

test.each(Array.from({ length: 12 }, (_, bad) => bad))("of twelve conditions in a link branch %i is judged", (bad) => {
  const condition = (number: number) => `*|IF:FNAME=${number}|*a*|ELSE:|*${number === bad ? "{{b}}" : "b"}*|END:IF|*`;
  const link = (conditions: string) => ({ html: `<a href="https://x.org/?${conditions}">x</a>` });
  expect(found("Q6", link(Array.from({ length: 12 }, (_, number) => condition(number)).join("")))).not.toEqual([]);
});

test("every branch of a long choice in a link is judged", () => {
  const branches = Array.from(
    { length: 99 },
    (_, number) => `*|ELSEIF:FNAME=${number}|*${number === 98 ? "{{b}}" : "b"}`,
  );
  const html = `<a href="https://x.org/?*|IF:LNAME|*a${branches.join("")}*|END:IF|*">x</a>`;
  expect(found("Q6", { html })).toHaveLength(1);
});

test.each([
  ["an unknown tag in a link", '<a href="*|FACEBOOK:PROFILEURL|*">f</a>', ["Q1"]],
  ["an unknown macro behind a scheme", '<a href="mailto:||mail||">x</a>', ["Q1"]],
  ["an unclosed tag in a link", '<a href="*|ARCHIVE">x</a>', ["Q1"]],
  ["a personal link glued to an unknown tag", '<a href="*|UNSUB|**|X|*">x</a>', ["Q1"]],
  ["a misspelt unsubscribe link", '<a href="*|UNSUBSCRIBE|*">x</a>', ["Q1"]],
  ["a misspelt end of a condition", "*|IF:FNAME|*x*|ENDIF|*", ["Q1"]],
  ["a condition in lower case", "*|if:FNAME|*x*|ELSE:|*y*|END:IF|*", ["Q1"]],
  ["a misspelt end of a house condition", "#if oathed<b></b>x #end", ["Q1"]],
  ["a house condition in upper case", "#IF oathed<b></b>x #endif", ["Q1"]],
  ["a house condition with an else that is unknown", "#if oathed<b></b>x #elseif y<b></b> #endif", ["Q1"]],
  ["conditions that cross", "*|IF:FNAME|*#if oathed<b></b>*|END:IF|*#endif", ["Q1"]],
  ["an inner condition that is not closed", "*|IF:FNAME|*#if oathed<b></b>*|ELSE:|*x*|END:IF|*", ["Q1"]],
  ["a block of Mailchimp's own", "*|INTERESTED:Group:a|*x*|ELSE:|*y*|END:INTERESTED|*", ["Q1"]],
])("acceptance 43: one mistake is one finding: %s", (_, html, rules) => {
  const unsubscribe = html.includes("UNSUB") ? "" : '<a href="*|UNSUB|*">leave</a>';
  const findings = checkContent(aMailSource({ html: html + unsubscribe }), someMailSettings(), noRules);
  expect(findings.map(({ rule }) => rule)).toEqual(rules);
});

test("acceptance 43: one mistake is one finding: a tag in a registration link, a Zoom link, a salutation", () => {
  const registrationLink = `${registration("aid=||aid||&pid=||id||").html}<a href="*|UNSUB|*">x</a>`;
  const of = (html: string, rules: Partial<ContentRules>) =>
    checkContent(aMailSource({ html }), someMailSettings(), { ...noRules, ...rules }).map(({ rule }) => rule);
  expect(of(registrationLink, withLink)).toEqual(["Q1"]);
  expect(of(`<a href="https://zoom.us/j/||zoom||">x</a><a href="*|UNSUB|*">x</a>`, zoom)).toEqual(["Q1"]);
  expect(of('Dear *|FIRSTNAME|*, <a href="*|UNSUB|*">x</a>', { salutationByName: true })).toEqual(["Q1"]);
});

test("acceptance 43: two mistakes are two findings", () => {
  const html = '<a href="*|X|*">x</a><a href="">y</a>*|IF:FNAME|*x*|END:IF|**|END:IF|*';
  const findings = checkContent(aMailSource({ html }), someMailSettings(), noRules);
  expect(findings.map(({ rule, column }) => [rule, column])).toEqual([
    ["Q1", 10],
    ["Q1", 61],
    ["Q6", 31],
    ["Q8", undefined],
  ]);
});

test.each(["#春节 #新闻", "#שלום", "#مرحبا", "#สวัสดี", "#हिन्दी", "#ニュース", "#뉴스", "#სიახლე", "#News"])(
  "a hashtag in letters without case stays: %s",
  (words) => expect(found("Q1", { html: `<p>${words}</p>` })).toEqual([]),
);

test.each(["#news", "#новости", "#νέα"])("a lower-case hashtag is an error unless it is allowed: %s", (word) => {
  expect(found("Q1", { html: `<p>${word}</p>` })).toHaveLength(1);
  const settings = { settings: someSettings({ allowedHashtags: [word] }) };
  expect(found("Q1", { html: `<p>${word}</p>` }, {}, settings)).toEqual([]);
});

test.each([
  ["Tom &amp; Jerry", 5, "&"],
  ["It&#8217;s on", 3, "’"],
  ["It&#x2019;s on", 3, "’"],
  ["Tom&nbsp;Thumb", 4, "the character itself"],
])("a character reference in a subject or preview text is a warning: %s", (line, column, meant) => {
  const html = '*|MC_PREVIEW_TEXT|*<a href="*|UNSUB|*">x</a>';
  const findings = checkContent(aMailSource({ html, subject: line, previewText: line }), someMailSettings(), noRules);
  expect(findings).toEqual([
    expect.objectContaining({ rule: "Q7", severity: "warning", part: "subject", line: 1, column }),
    expect.objectContaining({ rule: "Q10", severity: "warning", part: "preview", line: 1, column }),
  ]);
  expect(findings[0]!.text).toContain(`write ${meant}.`);
});

test.each(["AT&T; R&D", "a &foo; b", "Q&A", "*|IF:COUNTRY=&quot;ES&quot;|*Hola*|ELSE:|*Hello*|END:IF|*"])(
  "%s in a subject is no character reference that a reader sees",
  (subject) => expect(found("Q7", { subject })).toEqual([]),
);

test("what a style sheet or script has between bars is its own, unless it is a name of ours", () => {
  const own = "<script>if(x||y||z){a=b*|c|*d}</script><style>a||col||b{c:d}/*|x|*/</style>";
  expect(found("Q1", { html: own })).toEqual([]);
  const ours = "<script>var a='||nome||'; b='||name||', c='*|RSS:ITEM|*'</script>";
  expect(texts(found("Q1", { html: ours }))).toEqual([expect.stringContaining("*|RSS:ITEM|*")]);
});
