import fc from "fast-check";
import { DomUtils, parseDocument } from "htmlparser2";
import { expect, test } from "vitest";
import { aPrompt } from "../../../testing/builders.ts";
import { aMailSource, aRecipient, compiled, html, person, someMailSettings } from "../../../testing/mailBuilders.ts";
import { compileMail } from "./compileMail.ts";
import { tidied } from "./escaping.ts";

const sourceOfAllPlaces =
  '<title>||name||</title><!-- *|FNAME|* --><!--[if mso]><b title="*|FNAME|*">*|FNAME|*</b><![endif]--><p title="||name||" lang=\'*|FNAME|*\'>*|FNAME|*</p><a href=\'https://x.org/?n=*|FNAME|*&amp;m=*|URL:FNAME|*\'>||name||</a><style>p::after{content:"*|FNAME|*"}</style>';

function structure(html: string): string[] {
  const document = parseDocument(html);
  const elements = DomUtils.getElementsByTagName(() => true, document);
  return [
    ...document.children.map(({ type }) => type),
    ...elements.map((element) => `${element.name} ${Object.keys(element.attribs).join(" ")}`),
  ];
}

test("acceptance 23: whatever is in a name breaks neither HTML, link, subject nor header and appears literally", () => {
  const mail = compiled({ html: sourceOfAllPlaces, subject: "Hi *|FNAME|*!" });
  const expected = structure(mail.render(aRecipient(person({ first: "Ana", last: "" }))).html);
  const pieces = fc.constantFrom(
    "<",
    ">",
    "&",
    '"',
    "'",
    "\n",
    "\r\n",
    "-->",
    "</style>",
    "</title>",
    "*|LNAME|*",
    "||pid||",
    "#if oathed",
    "&lt;",
    "%41",
    "é",
    "李",
    "😀",
    " ",
    "`",
    "=",
    "\\",
  );
  const text = fc.oneof(fc.array(fc.oneof(pieces, fc.string({ unit: "grapheme" }))).map((parts) => parts.join("")));
  fc.assert(
    fc.property(text, (given) => {
      const first = tidied(given);
      const { html: rendered, subject } = mail.render(aRecipient(person({ first: given, last: "" })));
      expect(structure(rendered)).toEqual(expected);
      const document = parseDocument(rendered);
      const [p] = DomUtils.getElementsByTagName("p", document);
      const [a] = DomUtils.getElementsByTagName("a", document);
      expect(DomUtils.textContent(p!)).toBe(first);
      expect(p!.attribs["lang"]).toBe(first);
      expect(p!.attribs["title"]).toBe(first);
      const query = new URL(a!.attribs["href"]!).searchParams;
      expect([query.get("n"), query.get("m"), [...query].length]).toEqual([first, first, 2]);
      expect(rendered).toContain("<!--[if mso]><b title=");
      expect(subject).not.toMatch(/\p{Cc}/u);
      expect(subject.replace(/\s+/g, " ")).toBe(`Hi ${first}!`.replace(/\s+/g, " ").trim());
    }),
  );
});

test("acceptance 23: a line break in a name becomes a blank in the subject", () => {
  const { subject } = compiled({ subject: "Hi ||name||" }).render(
    aRecipient(person({ first: "A\r\nBcc: x@y.z", last: "B\u2028C" })),
  );
  expect(subject).toBe("Hi A Bcc: x@y.z B C");
});

test("acceptance 23: a name cannot turn the direction of the rest of a subject, and keeps the marks its script needs", () => {
  const { subject } = compiled({ subject: "For ||name||: 10 euros" }).render(
    aRecipient(person({ first: "A\u202eB\u2066\u200f\u0000", last: "می\u200cخواهم" })),
  );
  expect(subject).toBe("For AB\u200f می\u200cخواهم: 10 euros");
});

test("acceptance 42: a value loses direction overrides, wherever it is written", () => {
  const turned = "A\u202a\u202b\u202d\u202eB\u2066\u2067\u2068\u2069\u206aC";
  const audience = { ...someMailSettings().audience!, name: turned, addressHtml: `<b>${turned}</b>` };
  const mail = compiled(
    { html: `${sourceOfAllPlaces}*|LIST:NAME|**|HTML:LIST_ADDRESS_HTML|**|UPPER:FNAME|*`, subject: "*|FNAME|*" },
    { audience },
  );
  const rendered = mail.render(aRecipient(person({ first: turned, last: turned })));
  expect(Object.values(rendered).join("\n")).not.toMatch(/[\u202a-\u202e\u2066-\u206f]/);
  expect(rendered.html).toContain("<b>ABC</b>");
});

test.each([
  [" Ana ", "Ana"],
  ["\tAna\n\u00a0Mar\u00eda\u3000", "Ana María"],
  ["\u200bAna\u2060\ufeff", "Ana"],
  ["\u200cAna\u200d \u2028 Eva", "Ana\u200d Eva"],
  ["An\u00ada", "Ana"],
  ["  \u200b \u200e\u200f\u3164 ", ""],
  ["Jean\u202fLuc", "Jean Luc"],
])("acceptance 42: the name %j is written as %j in text, attributes, links and subject", (first, written) => {
  const { html: rendered, subject } = compiled({
    html: '*|FNAME|*[||name||]<b title="*|FNAME|*"></b><a href="https://x.org/*|FNAME|*">x</a>*|IF:FNAME|*!*|END:IF|*',
    subject: "*|FNAME|*, join us",
  }).render(aRecipient(person({ first, last: " " })));
  const link = encodeURIComponent(written);
  expect(rendered).toBe(
    `${written}[${written}]<b title="${written}"></b><a href="https://x.org/${link}">x</a>${written ? "!" : ""}`,
  );
  expect(subject).toBe(`${written}, join us`);
});

test("acceptance 42: an absent name leaves no double blank in a subject, and a meant no-break space stays", () => {
  const subject = (text: string) => compiled({ subject: text }).render(aRecipient(person({ first: null }))).subject;
  expect(subject("Hello *|FNAME|* and welcome")).toBe("Hello and welcome");
  expect(subject("Bienvenue\u00a0!")).toBe("Bienvenue\u00a0!");
});

test("acceptance 23: a value in a style attribute is no style of its own", () => {
  const source = '<p style="font-family:*|FNAME|*">x</p>';
  expect(html(source, {}, person({ first: "red;background:url(//x)" }))).toBe(
    '<p style="font-family:red\\3b background\\3a url\\28 \\2f \\2f x\\29 ">x</p>',
  );
});

test("acceptance 24: the placeholder id is replaced behind every notation of an ampersand", () => {
  for (const ampersand of ["&", "&amp;", "&AMP;", "&#38;", "&#038;", "&#x26;"]) {
    const link = (id: string) => `<a href="https://register.example.org/?aid=E2026${ampersand}pid=${id}#top">x</a>`;
    expect(html(link("123456789"), {}, person({ id: "p7" }))).toBe(link("p7"));
  }
});

test("acceptance 24: the placeholder id is replaced in registration URLs and nowhere else", () => {
  const recipient = person({ id: "p&1" });
  const kept = [
    "<p>Call 123456789 or +34 123456789</p>",
    '<a href="tel:123456789">x</a>',
    '<a href="https://other.example.org/?pid=123456789">x</a>',
    '<a href="https://register.example.org/?pid=1234567890">x</a>',
    '<a href="https://register.example.org/?xpid=123456789">x</a>',
    '<a href="https://register.example.org/?id=123456789">x</a>',
    '<a href="https://register.example.org/123456789#pid=123456789">x</a>',
    '<a href="https://other.example.org/?u=https://register.example.org/?pid=123456789">x</a>',
  ].join("\n");
  expect(html(kept, {}, recipient)).toBe(kept);
  const replaced = (source: string) => html(source, {}, recipient);
  expect(replaced('<a href="https://REGISTER.example.org/a?aid=||aid||&amp;pid=123456789#top">x</a>')).toBe(
    '<a href="https://REGISTER.example.org/a?aid=E2026&amp;pid=p%261#top">x</a>',
  );
  expect(replaced("<p>Go to https://register.example.org/?pid=123456789.</p>")).toBe(
    "<p>Go to https://register.example.org/?pid=p&amp;1.</p>",
  );
});

test("the subject goes through the same engine, where markup is impossible", () => {
  const subjectOf = (subject: string) =>
    compileMail(aMailSource({ subject }), someMailSettings({ prompts: [aPrompt()] }));
  expect(subjectOf("*|IF:FNAME=Ana|*¡Hola *|UPPER:FNAME|* & Co!*|END:IF|*").mail!.render(aRecipient()).subject).toBe(
    "¡Hola ANA & Co!",
  );
  for (const macro of [
    "#salutation",
    "||retreats||",
    "||coord-email||",
    "*|HTML:LIST_ADDRESS_HTML|*",
    "*|MC:SUBJECT|*",
  ]) {
    const { mail, findings } = subjectOf(`A ${macro}`);
    expect(mail).toBeUndefined();
    expect(findings).toEqual([
      expect.objectContaining({ line: 1, column: 3, text: expect.stringMatching(/^In the subject: /) }),
    ]);
  }
});

test("the coordinator's address is a link in text, the address alone elsewhere", () => {
  expect(html('||coord-email||<a href="mailto:||coord-email||" title="||coord-email||">||coord-email||</a>')).toBe(
    '<a href="mailto:coordinator@example.org">coordinator@example.org</a><a href="mailto:coordinator@example.org" title="coordinator@example.org">coordinator@example.org</a>',
  );
});
