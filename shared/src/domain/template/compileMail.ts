import { ConfigurationError } from "../configurationError.ts";
import { oneLine } from "./escaping.ts";
import type { CompileMail, Recipient, RenderedMail } from "./mail.ts";
import { type ParsedMail, parseMail, syntaxFindings } from "./mailParse.ts";
import { RenderError } from "./renderError.ts";
import { foldNodes, type Node, type Scope } from "./templateNodes.ts";
import { renderNodes } from "./templateRender.ts";
import { htmlAndText } from "./textPart.ts";

/**
 * Compiles subject, preview text and HTML of one language. Findings are those that forbid sending (unknown or stray tags,
 * macros, conditions and prompts, values in places that cannot hold them); with any of them there is no mail.
 */
export const compileMail: CompileMail = (source, settings) => {
  const parsed = parseMail(source, settings);
  const findings = syntaxFindings(source, parsed);
  if (findings.length > 0) return { findings };
  return { mail: { language: source.language, render: renderer(parsed) }, findings };
};

function renderer(parsed: ParsedMail): (recipient: Recipient) => RenderedMail {
  const subjectNodes = foldNodes(parsed.subject.nodes);
  const previewNodes = foldNodes(parsed.preview.nodes);
  const renderHtml = htmlAndText(foldNodes(parsed.html.nodes));
  return (recipient) => {
    try {
      const subject = line(subjectNodes, { recipient, subject: "", preview: "" });
      const preview = line(previewNodes, { recipient, subject, preview: "" });
      return { subject, ...renderHtml({ recipient, subject, preview }) };
    } catch (cause) {
      // Which retreats a person chose shows here only; that one of them is not configured concerns this person's mail.
      if (cause instanceof ConfigurationError) throw new RenderError(cause.message, { cause });
      throw cause;
    }
  };
}

/** Runs of blanks become one, as an absent value leaves two; a lone no-break space is meant. */
function line(nodes: readonly Node[], scope: Scope): string {
  return oneLine(
    renderNodes(
      nodes,
      scope,
      (field, plain) => field.write(plain),
      () => {},
    ),
  )
    .replace(/\s{2,}/g, " ")
    .trim();
}
