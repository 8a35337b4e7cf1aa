import { checkContent } from "@email-agent/shared/domain/content/contentCheck.ts";
import { decodeTemplate } from "@email-agent/shared/domain/content/decodeTemplate.ts";
import { message } from "@email-agent/shared/domain/delivery/message.ts";
import { compileMail } from "@email-agent/shared/domain/template/compileMail.ts";
import { findingsLimit } from "@email-agent/shared/domain/template/contentLimits.ts";
import type { CompiledMail, MailSource, RenderedMail } from "@email-agent/shared/domain/template/mail.ts";
import { RenderError } from "@email-agent/shared/domain/template/renderError.ts";
import { anAccount, aParticipant, aPrompt } from "@email-agent/shared/testing/builders.ts";
import { aRecipient, someMailSettings } from "@email-agent/shared/testing/mailBuilders.ts";
import { stockTemplate } from "@email-agent/shared/testing/stockTemplate.ts";
import fc from "fast-check";
import { Parser } from "htmlparser2";
import PostalMime from "postal-mime";
import { mimeMessage } from "../../../services/sender/src/smtp/mime.ts";
import type { Observed, Trial } from "../scenario.ts";
import { explore } from "./explore.ts";
import { hostileText, mutated } from "./hostileText.ts";

const config = {
  EMAIL_FROM: "noreply@example.com",
  PUBLIC_TOKEN_SECRET: "a-secret-of-the-tests-only",
  MAILCHIMP_REPLY_TO: "",
};
const rules = { salutationByName: true, regLinkPresent: false, confirmation: false, inPerson: true };
const settings = someMailSettings({
  prompts: [aPrompt(), aPrompt({ key: "note", text: "<p title='||name||'>||name|| *|FNAME|*</p>" })],
});

/** Every kind of place in HTML that a value can be in. */
const examples = [
  stockTemplate({ sections: 1 }),
  "<p>#salutation</p><p>Dear ||name||, *|FNAME|* *|LNAME|*</p><a href='*|UNSUB|*'>x</a>",
  '*|IF:FNAME|*<p title="*|FNAME|*">*|EMAIL|*</p>*|ELSE:|*<b>x</b>*|END:IF|*',
  "*|IF:COUNTRY=Peru|*<i>*|COUNTRY|*</i>*|ELSEIF:LNAME|*<u>||name||</u>*|END:IF|*",
  '<a href="https://example.org/?n=*|FNAME|*&m=||name||#*|LNAME|*">*|FNAME|*</a><a href="*|FNAME|*">x</a>',
  "<style>p { content: '*|FNAME|*'; color: red }</style><p style=\"background:url('*|FNAME|*')\">x</p>",
  "<script>var name = '*|FNAME|*';</script><title>*|MC:SUBJECT|*</title><!-- *|FNAME|* --><textarea>*|FNAME|*</textarea>",
  "<p>#if oathed</p><p>||name||</p><p>#else</p><p>*|FNAME|*</p><p>#endif</p><p>#note</p>",
  "<!--[if mso]><p>*|FNAME|*</p><![endif]--><svg><title>*|FNAME|*</title></svg><a href='mailto:*|EMAIL|*?subject=*|FNAME|*'>x</a>",
  "<img alt='*|FNAME|*' src='https://example.org/*|FNAME|*.png' srcset='https://example.org/*|LNAME|*.png 2x'>",
];
const pieces = [
  ...[
    "*|FNAME|*",
    "*|LNAME|*",
    "||name||",
    "*|EMAIL|*",
    "*|IF:FNAME|*",
    "*|ELSE:|*",
    "*|END:IF|*",
    "*|UNSUB|*",
    "*|ARCHIVE|*",
    "*|MC:SUBJECT|*",
  ],
  ...[
    "#salutation",
    "#note",
    "#if oathed",
    "#else",
    "#endif",
    "#reglink",
    "||coord-email||",
    "||hash||",
    "*|DATE:d/m/y|*",
    "*|LIST:ADDRESS|*",
  ],
  ...[
    "<p>",
    "</p>",
    "<div>",
    "<a href='",
    "'>",
    '">',
    "<td>",
    "<table>",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
  ],
  ...[
    "<svg>",
    "<math>",
    "<textarea>",
    "<title>",
    "<plaintext>",
    "<base href='//x'>",
    "<noscript>",
    "<template>",
    "&#",
    "&#x41;",
    "&amp",
    "%2A%7CFNAME%7C%2A",
  ],
  ...[
    "<div>".repeat(600),
    "</div>".repeat(600),
    `<p title="${"x".repeat(30_000)}">`,
    "<b ".repeat(3000),
    "*|IF:FNAME|*".repeat(300),
    "||".repeat(3000),
    "<!--".repeat(2000),
  ],
  ...[
    "#".repeat(5000),
    "&".repeat(5000),
    "<a href='x".repeat(1000),
    "*|".repeat(2000),
    "{{".repeat(2000),
    "[".repeat(5000),
  ],
];

const inputs = fc.record({
  html: mutated(examples, pieces),
  subject: fc.oneof(
    fc.constant("News, *|FNAME|*"),
    mutated(["News, ||name||", "*|IF:FNAME|**|FNAME|**|END:IF|*"], pieces),
  ),
  previewText: fc.oneof(fc.constant(""), mutated(["Soon, *|FNAME|*"], pieces)),
  encoding: fc.constantFrom("utf8", "utf16le", "latin1"),
  // Values as long and as present as the plain ones: what depends on them may only be the text.
  first: hostileText.filter(isShown),
  last: hostileText.filter(isShown),
});
type Input = typeof inputs extends fc.Arbitrary<infer Of> ? Of : never;

function isShown(text: string): boolean {
  return /[a-z]/i.test(text);
}

const plain = { first: "Plainfirst", last: "Plainlast" };

function rendered(mail: CompiledMail, person: { first: string; last: string }): RenderedMail | undefined {
  try {
    return mail.render(aRecipient({ participant: aParticipant({ id: "p-1", email: "ana@example.org", ...person }) }));
  } catch (error) {
    if (error instanceof RenderError) return undefined;
    throw error;
  }
}

/** Tags, names of attributes, and addresses that run scripts: what a value may not change. */
function structure(html: string): string {
  const seen: string[] = [];
  const parser = new Parser({
    onopentag(name, attributes) {
      const shown = Object.entries(attributes).map(([attribute, value]) =>
        /^(?:href|src|action|background)$/.test(attribute)
          ? `${attribute}=${/^[\s\p{C}]*(javascript|vbscript|data):/iu.exec(value)?.[1] ?? ""}`
          : attribute,
      );
      seen.push(`<${[name, ...shown].join(" ")}>`);
    },
    onclosetag: (name) => void seen.push(`</${name}>`),
    oncomment: () => void seen.push("<!>"),
    onprocessinginstruction: () => void seen.push("<?>"),
  });
  parser.end(html);
  return seen.join("");
}

async function judge({ html, subject, previewText, encoding, first, last }: Input): Promise<string | undefined> {
  const decoded = decodeTemplate(Buffer.from(html, encoding as BufferEncoding));
  const source: MailSource = { language: "EN", subject, previewText, html: "text" in decoded ? decoded.text : html };
  const findings = checkContent(source, settings, rules);
  if (findings.length > findingsLimit + 1) return `There are ${findings.length} findings.`;
  const broken = findings.find(
    ({ text, line = 1, column = 1 }) => text.trim() === "" || text.length > 5000 || line < 1 || column < 1,
  );
  if (broken) return `This is no finding: ${JSON.stringify(broken).slice(0, 300)}`;
  const { mail, findings: errors } = compileMail(source, settings);
  if ((mail === undefined) !== errors.length > 0)
    return `There is a mail with ${errors.length} errors, or none without.`;
  if (!mail)
    return findings.some(({ severity }) => severity === "error")
      ? undefined
      : "It does not compile, and the check finds no error.";
  const usual = rendered(mail, plain);
  const hostile = rendered(mail, { first, last });
  if (!usual || !hostile) return !usual === !hostile ? undefined : "Whether it can be rendered depends on a name.";
  const [meant, found] = [structure(usual.html), structure(hostile.html)];
  if (meant !== found) return `A name changes the elements:\n${meant.slice(-1500)}\n${found.slice(-1500)}`;
  if (/[\r\n\0]/.test(hostile.subject)) return "The subject has a line break.";
  return asMail(hostile);
}

/** A rendered mail as bytes, read back. */
async function asMail(mail: RenderedMail): Promise<string | undefined> {
  const mailing = {
    order: { eventCode: "E2026", stage: "reg" },
    mailingKey: "E2026_weekend_reg_EN",
    runId: "01RUN",
    isTest: false,
  };
  const to = {
    participant: { id: "p-1", first: "Ana" },
    email: "ana@example.org",
    unsubscribeUrl: "https://mail.example.org/u/token",
  };
  const raw = mimeMessage(message({ account: anAccount(), ...mailing, ...to, rendered: mail }, config), 0);
  const read = await PostalMime.parse(raw);
  const lines = (text: string | undefined) => (text ?? "").replace(/\r\n?/g, "\n").trimEnd();
  if (lines(read.html) !== lines(mail.html.toWellFormed()))
    return "The HTML of the message is not the one that was rendered.";
  return lines(read.text) === lines(mail.text.toWellFormed())
    ? undefined
    : "The text of the message is not the one that was rendered.";
}

/** Templates that are broken in every way: findings or a mail, and no value of a person changes its elements. */
export function hostileTemplates(trial: Trial & { readonly tries: number }): Promise<Observed> {
  return explore(inputs, judge, trial);
}
