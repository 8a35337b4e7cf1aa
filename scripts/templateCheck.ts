// `npm run template:check -- FILE.html`: what Prepare finds in a template, by the functions Prepare itself uses.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs, styleText } from "node:util";
import { linkFetcher } from "../services/campaign/src/adapters/linkFetcher.ts";
import { publicRoutes, systemResolver } from "../services/campaign/src/adapters/linkRoutes.ts";
import { checkLinks } from "../services/campaign/src/checkLinks.ts";
import { removeBadge } from "../services/campaign/src/removeBadge.ts";
import { checkContent } from "../shared/src/domain/content/contentCheck.ts";
import { decodeTemplate } from "../shared/src/domain/content/decodeTemplate.ts";
import { linksToCheck } from "../shared/src/domain/content/linksToCheck.ts";
import { compileMail } from "../shared/src/domain/template/compileMail.ts";
import type { MailSource, RenderedMail } from "../shared/src/domain/template/mail.ts";
import { RenderError } from "../shared/src/domain/template/renderError.ts";
import type { Detail } from "../shared/src/domain/workOrder.ts";
import { type CheckConfig, checkConfig } from "./templateCheckConfig.ts";

const help = `npm run --silent template:check -- FILE.html [options]      (- reads standard input)

What Prepare finds in a template: errors, which forbid publishing, and warnings, each with its place.

  --subject TEXT     the subject, with tags and macros as in an order
  --preview TEXT     the preview text
  --language CODE    the language of the prompts (default EN)
  --config FILE      JSON of the organisation: event, subEvent, prompts, settings, audience, replyTo, person,
                     order { salutationByName, regLinkPresent, confirmation, inPerson, zoomId }; all optional
  --links            asks for every link over the network, as Prepare does
  --render           prints subject, text part and HTML of the mail for an example person
  --json             prints { file, errors, warnings, findings, rendered } instead
  --help             this page

Ends with 0 without errors, with 1 if there are errors, with 2 if the command itself is wrong.
`;

/** A wrong command, said in one sentence. */
class UsageError extends Error {}

const options = {
  subject: { type: "string", default: "Subject" },
  preview: { type: "string", default: "Preview text" },
  language: { type: "string", default: "EN" },
  config: { type: "string" },
  links: { type: "boolean", default: false },
  render: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

// Who reads the output may stop early, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values, file } = commandLine();
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const given = decoded(file);
  const html = removeBadge(given);
  const config = asUsage(() => checkConfig(values.config === undefined ? undefined : fromCaller(values.config)));
  const source = { language: values.language, subject: values.subject, previewText: values.preview, html };
  const findings = inOrder([
    ...checkContent(source, config.settings, config.rules),
    ...(values.links ? await linkFindings(source, config) : []),
  ]);
  const rendered = values.render ? renderedFor(source, config) : undefined;
  const errors = findings.filter(({ severity }) => severity === "error").length;
  if (values.json) printJson(file, findings, rendered);
  else print(file, findings, html !== given, rendered);
  return errors > 0 ? 1 : 0;
}

function commandLine() {
  const { values, positionals } = asUsage(() => parseArgs({ options, allowPositionals: true }));
  const [file = "", ...surplus] = positionals;
  if (!values.help && file === "") throw new UsageError("Name the template: npm run template:check -- FILE.html");
  if (surplus.length > 0) throw new UsageError(`Name one template only, not ${positionals.join(", ")} (see --help).`);
  return { values, file };
}

/** What is wrong in what the caller gave, as one sentence. */
function asUsage<Of>(read: () => Of): Of {
  try {
    return read();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    // Node explains at length how an option could be meant.
    const sentence = code?.startsWith("ERR_PARSE_ARGS") ? message.split(". ")[0]! : message;
    throw new UsageError(`${sentence.replace(/\.$/, "")} (see --help).`);
  }
}

/** npm starts scripts in the folder of package.json and says where it was called. */
function fromCaller(path: string): string {
  return resolve(process.env["INIT_CWD"] ?? ".", path);
}

function decoded(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file === "-" ? 0 : fromCaller(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new UsageError(`There is no file ${file}.`);
    if (code === "EISDIR") throw new UsageError(`${file} is a folder: name a template file in it.`);
    throw new UsageError(`The file ${file} cannot be read (${code ?? error}).`);
  }
  const template = decodeTemplate(bytes);
  if ("text" in template) return template.text;
  throw new UsageError(`The template file ${file} ${template.problem}`);
}

async function linkFindings(source: MailSource, { settings }: CheckConfig): Promise<Detail[]> {
  const fetcher = linkFetcher(publicRoutes(systemResolver));
  const links = linksToCheck(source, settings);
  return checkLinks(links, settings.settings.linkCheck, fetcher, new AbortController().signal);
}

/** The mail for the example person, or why there is none. */
function renderedFor(source: MailSource, { settings, recipient }: CheckConfig): RenderedMail | string {
  const { mail } = compileMail(source, settings);
  if (!mail) return "It cannot be rendered before its errors are corrected.";
  try {
    return mail.render(recipient);
  } catch (error) {
    if (error instanceof RenderError) return `It cannot be rendered for the example person: ${error.message}`;
    throw error;
  }
}

/** Subject, preview text, HTML; there by place. */
function inOrder(findings: readonly Detail[]): Detail[] {
  const rank = ({ part }: Detail) => ["subject", "preview", undefined].indexOf(part);
  return [...findings].sort(
    (one, other) =>
      rank(one) - rank(other) || (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
  );
}

function printJson(file: string, findings: readonly Detail[], rendered: RenderedMail | string | undefined) {
  const count = (severity: Detail["severity"]) => findings.filter((finding) => finding.severity === severity).length;
  const report = {
    file,
    errors: count("error"),
    warnings: count("warning"),
    findings: findings.map(({ severity, rule, part = "html", line = null, column = null, text }) => ({
      ...{ severity, rule, part, line, column, text },
    })),
    ...(rendered !== undefined && { rendered: typeof rendered === "string" ? null : rendered }),
  };
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
}

function print(
  file: string,
  findings: readonly Detail[],
  isBadgeRemoved: boolean,
  rendered: RenderedMail | string | undefined,
) {
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const color = { error: "red", warning: "yellow" } as const;
  for (const { severity, rule, part, line, column, text } of findings) {
    const place = line === undefined ? "" : `:${line}:${column ?? 1}`;
    // Colours only where a terminal shows them and NO_COLOR is not set.
    const shown = styleText(color[severity], severity, { stream: process.stdout });
    say(`${part ?? file}${place} ${shown} ${rule} ${text}`);
  }
  const errors = findings.filter(({ severity }) => severity === "error").length;
  if (isBadgeRemoved) say("Mailchimp's badge was taken out first, as Prepare does: places behind it count without it.");
  say(`${amount(errors, "error")}, ${amount(findings.length - errors, "warning")}`);
  if (typeof rendered === "string") say(rendered);
  else if (rendered)
    say(`\nSubject: ${rendered.subject}\n\n----- text -----\n${rendered.text}\n\n----- html -----\n${rendered.html}`);
}

function amount(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
