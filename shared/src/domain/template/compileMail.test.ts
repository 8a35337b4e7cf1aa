import fc from "fast-check";
import { expect, test } from "vitest";
import { someSettings } from "../../../testing/builders.ts";
import {
  aMailSource,
  aRecipient,
  compiled,
  faults,
  html,
  person,
  someMailSettings,
} from "../../../testing/mailBuilders.ts";
import { stockTemplate } from "../../../testing/stockTemplate.ts";
import { checkContent } from "../content/contentCheck.ts";
import { compileMail } from "./compileMail.ts";

const rules = { salutationByName: true, regLinkPresent: true, confirmation: false, inPerson: true };

test("acceptance 20: a stock Mailchimp template passes and renders", () => {
  const source = aMailSource({ html: stockTemplate(), subject: "See you, *|FNAME|*", previewText: "Soon, *|FNAME|*" });
  const settings = someMailSettings();
  expect(checkContent(source, settings, rules)).toEqual([]);
  const mail = compileMail(source, settings).mail!.render(
    aRecipient(person({ id: "p7", first: "ana", country: "Peru" })),
  );
  expect(mail.subject).toBe("See you, ana");
  expect(mail.html).toContain("<title>See you, ana</title>");
  expect(mail.html).toContain('mso-hide:all;">Soon, ana</span>');
  expect(mail.html).toContain('<a href="https://mail.example.org/u/token?a=1&amp;b=2">unsubscribe from this list</a>');
  expect(mail.html).toContain('href="https://register.example.org/?aid=E2026&amp;pid=p7" style=');
  expect(mail.html).toContain("Copyright &copy; 2026 The House,");
  expect(mail.html).toContain('<div class="adr">1 River Lane<br>Town</div>');
  expect(mail.html).toContain("<!--[if gte mso 15]>");
  expect(mail.html).toContain("See you from PERU.");
  expect(mail.html.match(/\*\||\|\*|\|\||%7C/)).toBeNull();
  expect(mail.text).toContain("update your preferences (https://profile.example.org/?id=1)");
  expect(mail.text).not.toContain("Soon, ana");
});

test("acceptance 20: without preview text the preview block leaves well-formed comments", () => {
  const block = "<!--*|IF:MC_PREVIEW_TEXT|*--><span>*|MC_PREVIEW_TEXT|*</span><!--*|END:IF|*--><p>x</p>";
  expect(html(block)).toBe("<!----><p>x</p>");
  expect(compiled({ html: block, previewText: "Soon" }).render(aRecipient()).html).toBe(
    "<!----><span>Soon</span><!----><p>x</p>",
  );
});

test.each([
  ["<p>\n Hi *|NICKNAME|*</p>", 2, 5, "Unknown tag *|NICKNAME|*"],
  ["<p>*|fname|*</p>", 1, 4, "upper case"],
  ["<p>||nmae||</p>", 1, 4, "Unknown macro ||nmae||"],
  ["<p>#slautation</p>", 1, 4, "#slautation is neither a macro"],
  ["<p>#Salutation</p>", 1, 4, "#salutation"],
  ["<p>#if sworn</p><p>#endif</p>", 1, 4, 'Unknown condition "#if sworn"'],
  ["<p>#if oathed yes</p><p>#endif</p>", 1, 4, 'surplus words "yes"'],
  ["<p>#if offering winter</p><p>#endif</p>", 1, 4, '"winter" is no sub-event'],
  ["<p>#if retreats</p><p>#endif</p>", 1, 4, "needs a prefix"],
  ["<p>#offeringsection winter</p>", 1, 4, '"winter" is no sub-event'],
  ["*|IF:NICKNAME|*x*|END:IF|*", 1, 1, "NICKNAME"],
  ["*|IF:FNAME=|*x*|END:IF|*", 1, 1, "bad argument"],
  ["*|IF:FNAME|*x", 1, 1, "is not closed by *|END:IF|*"],
  ["x*|END:IF|*", 1, 2, "no open condition"],
  ["<p>#if oathed</p>x", 1, 4, "is not closed by #endif"],
  ["*|IF:FNAME|*<p>#else</p>*|END:IF|*", 1, 16, "crosses *|IF:FNAME|*"],
  ["*|IF:FNAME|*a*|ELSE:|*b*|ELSE:|*c*|END:IF|*", 1, 24, "after an else"],
  ['<a title="*|IF:FNAME|*x">*|END:IF|*</a>', 1, 26, "same place"],
  ["<p>*|FNAME</p>", 1, 4, "is not closed"],
  ["<p>||name</p>", 1, 4, "is not closed"],
  ["<p>|| name</p>", 1, 4, "is not closed"],
  ["<p>FNAME|*</p>", 1, 9, "closes no tag"],
  ["<p>*|FN<b>AME</b>|*</p>", 1, 4, "markup inside"],
  ["<p>||<i>na</i>me||</p>", 1, 4, "markup inside"],
  ["<p>#<b>endif</b></p>", 1, 4, "markup inside"],
  ["<p>#salutation</p>", 1, 4, 'prompt "salutation" is missing'],
  ["<p>*|FORWARD|*</p>", 1, 4, "not supported"],
  ["<p>*|RSSITEM:TITLE|*</p>", 1, 4, "not supported"],
  ["*|INTERESTED:Lists:News|*", 1, 1, "not supported"],
  ["*|DATE:|*", 1, 1, "needs a format"],
  ["<p *|FNAME|*>x</p>", 1, 4, "inside a tag"],
  ["<p class=*|FNAME|*>x</p>", 1, 10, "has no quotes"],
  ['<p title="||retreats||">x</p>', 1, 11, "only be used in the text"],
  ['<a href="https://x.org/?u=*|UNSUB|*">x</a>', 1, 10, "glued"],
  ["<p>&#42;|FNAME|&#42;</p>", 1, 4, "character references"],
  ["<p>||name|| *&#124;FNAME&vert;*</p>", 1, 13, "character references"],
  ["<p>&#124;&#124;name&#124;&#124;</p>", 1, 4, "character references"],
  ['<p onclick="*|FNAME|*">x</p>', 1, 13, "cannot be used in the attribute onclick"],
  ['<iframe srcdoc="*|FNAME|*"></iframe>', 1, 17, "cannot be used in the attribute srcdoc"],
  [`${"*|IF:FNAME|*".repeat(8000)}${"*|END:IF|*".repeat(8000)}`, 1, 1201, "100 conditions deep"],
])("acceptance 21: %s is a finding and nothing can be mailed", (source, line, column, text) => {
  const { mail, findings } = compileMail(aMailSource({ html: source }), someMailSettings());
  expect(mail).toBeUndefined();
  expect(findings).toContainEqual(
    expect.objectContaining({ severity: "error", line, column, text: expect.stringContaining(text) }),
  );
});

test("acceptance 21: all findings are listed, in the order of the source", () => {
  const findings = faults("<p>*|A|*</p>\n<p>||b||</p>\n#c\n*|IF:D|*x*|END:IF|*");
  expect(findings.map(({ line, column }) => [line, column])).toEqual([
    [1, 4],
    [2, 4],
    [3, 1],
    [4, 1],
  ]);
});

test("what is not configured cannot be used", () => {
  const configured = { unsubscribe: false, archive: false, profile: false, hash: false };
  const source = '<a href="*|UNSUB|*">a</a><a href="*|ARCHIVE|*">b</a><a href="*|UPDATE_PROFILE|*">c</a>||hash||';
  expect(
    faults(source, { configured }).map(
      ({ text }) => /PUBLIC_BASE_URL|PROFILE_URL|REGISTRATION_HASH_SECRET/.exec(text)?.[0],
    ),
  ).toEqual(["PUBLIC_BASE_URL", "PUBLIC_BASE_URL", "PROFILE_URL", "REGISTRATION_HASH_SECRET"]);
  const { oathed: _, ...withoutOath } = someMailSettings();
  expect(compileMail(aMailSource({ html: "#if oathed\nx#endif" }), withoutOath).findings[0]?.text).toContain(
    "no pool named oath",
  );
  const { audience: __, ...withoutAudience } = someMailSettings();
  expect(compileMail(aMailSource({ html: "*|LIST:NAME|*" }), withoutAudience).findings[0]?.text).toContain(
    "enter the organisation's name in the setting organisation",
  );
});

test("acceptance 36: ARCHIVE_PAGE is true on the view page only", () => {
  const source = "*|IF:ARCHIVE_PAGE|*page*|ELSE:|*mail*|END:IF|* *|IFNOT:ARCHIVE_PAGE|*mail*|END:IF|*";
  expect(html(source)).toBe("mail mail");
  expect(html(source, {}, { archivePage: true })).toBe("page ");
});

test("stock fields: REWARDS is empty and false, LIST is true", () => {
  expect(html("*|REWARDS|**|HTML:REWARDS|**|IF:REWARDS|*a*|END:IF|**|IF:LIST|*b*|END:IF|*")).toBe("b");
});

test("style sheets keep their own stars and pipes", () => {
  const kept = "<style>*|*{a:b} a||b{c:d}</style>";
  expect(html(kept)).toBe(kept);
});

test("tags in one href, branch by branch", () => {
  const source = '<a href="*|IF:ARCHIVE_PAGE|*https://x.org*|ELSE:|**|ARCHIVE|**|END:IF|*">x</a>';
  expect(html(source)).toBe('<a href="https://mail.example.org/view/token">x</a>');
  expect(html(source, {}, { archivePage: true })).toBe('<a href="https://x.org">x</a>');
});

test("dates and years are those of the set time zone", () => {
  const settings = someSettings({ timeZone: "Asia/Tokyo" });
  expect(html("*|DATE:l jS F Y, g:i a|* *|CURRENT_YEAR|*", { settings }, { now: Date.UTC(2026, 11, 31, 23, 4) })).toBe(
    "Friday 1st January 2027, 8:04 am 2027",
  );
});

const htmlFragments = [
  "<p>",
  "</p>",
  "<a href='https://x.org'>",
  "</a>",
  "<!--",
  "-->",
  "<!--[if mso]>",
  "<![endif]-->",
  "<style>",
  "</style>",
  "<script>",
  "<title>",
  "</title>",
  '<b title="',
  '"',
  "'",
  "<",
  ">",
  "</",
  "&amp;",
  "\n",
  " ",
  "text",
  "<br/>",
  "<!x",
  "<?y",
  "=",
  "%7C",
  "😀",
];
const directiveFragments = [
  "*|FNAME|*",
  "*|IF:FNAME|*",
  "*|ELSE:|*",
  "*|END:IF|*",
  "||name||",
  "#if oathed",
  "#else",
  "#endif",
  "#reglink",
  "*|",
  "|*",
  "||",
  "*%7CUNSUB%7C*",
  "#",
  "<span>#endif</span>",
];

test("a source without tags and macros goes out as it is, however broken its HTML", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...htmlFragments)), (parts) => {
      const source = parts.join("");
      // Two pieces side by side may make a mark of a tag or macro.
      fc.pre(!/[*|]\||%7C%7C|\*%7C|%7C\*/i.test(source));
      expect(html(source)).toBe(source);
    }),
  );
});

test("whatever a source holds, it renders or has findings with a place inside it", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...htmlFragments, ...directiveFragments)), (parts) => {
      const source = aMailSource({ html: parts.join("") });
      const { mail, findings } = compileMail(source, someMailSettings());
      expect(mail === undefined).toBe(findings.length > 0);
      const lines = source.html.split("\n");
      for (const { line, column } of findings) expect(column).toBeLessThanOrEqual(lines[line! - 1]!.length + 1);
      if (mail) expect(mail.render(aRecipient()).text).toBeTypeOf("string");
      checkContent(source, someMailSettings(), rules);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["split macros", "#<".repeat(100_000)],
  ["blank arguments", `#if${" ".repeat(200_000)}x`],
  ["dots behind a registration link", `https://register.example.org/${".".repeat(200_000)}x`],
  ["unknown hashtags", " #foo".repeat(40_000)],
  ["conditions in lines of their own", "<p>#if oathed</p>x<p>#endif</p>".repeat(6000)],
  ["elements that nothing closes", "<i>".repeat(20_000)],
  ["conditions in one link", `<a href="https://x.org/?${"*|IF:FNAME|*a*|END:IF|*".repeat(9000)}">x</a>`],
  ["Outlook comments in one another", `<!--${"[if mso]><!--".repeat(15_000)}<![endif]-->`],
])("a large and broken source is read in one go: %s", (_, source) => {
  const { mail } = compileMail(aMailSource({ html: source }), someMailSettings());
  expect(() => mail?.render(aRecipient())).not.toThrow();
});
