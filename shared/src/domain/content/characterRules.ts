import type { MailSettings, MailSource } from "../template/mail.ts";
import { positionAt } from "../template/sourceText.ts";
import type { Node } from "../template/templateNodes.ts";
import type { ParsedTemplate } from "../template/templateParse.ts";
import type { Detail } from "../workOrder.ts";
import { mojibakeIn } from "./mojibake.ts";

/** U+FFFD, and the noncharacters that become it. */
const replacement = /[\ufffd\ufdd0-\ufdef]|&#x0*fffd;|&#0*65533;/gi;

/**
 * Characters lost or garbled before the content arrived (rule Q13, mojibake): a replacement character is an error, text
 * that looks like UTF-8 read in another encoding a warning. One finding for each part of the mail, at the first place.
 */
export function characterFindings(source: MailSource, html: ParsedTemplate, { prompts }: MailSettings): Detail[] {
  const { language } = source;
  const parts = [
    { ...{ text: source.subject, where: "The subject", part: "subject" as const } },
    { ...{ text: source.previewText, where: "The preview text", part: "preview" as const } },
    { ...{ text: source.html, where: "The mail" } },
  ];
  const found = parts.flatMap(({ text, where, ...part }): Detail[] => {
    const at = (offset: number) => ({ language, rule: "Q13", ...part, ...positionAt(text, offset) });
    const lost = [...text.matchAll(replacement)];
    const garbled = mojibakeIn(text);
    return [
      ...(lost[0] ? [{ ...at(lost[0].index), severity: "error" as const, text: lostText(where, lost.length) }] : []),
      ...(garbled ? [{ ...at(garbled.index), severity: "warning" as const, text: garbledText(where, garbled) }] : []),
    ];
  });
  const inSource = [...source.html.matchAll(replacement)].length;
  if (countIn(html.nodes) <= inSource) return found;
  const names = prompts.filter(({ text }) => text.search(replacement) >= 0).map(({ event, key }) => `${event}#${key}`);
  const where = `A prompt that the mail inserts (one of ${names.join(", ")})`;
  return [
    ...found,
    { language, rule: "Q13", severity: "error", text: lostText(where, countIn(html.nodes) - inSource) },
  ];
}

function lostText(where: string, count: number): string {
  const amount = count === 1 ? "a replacement character (\ufffd)" : `${count} replacement characters (\ufffd)`;
  return `${where} holds ${amount}: letters were lost when it was saved or copied. Take them from the original.`;
}

function garbledText(where: string, { garbled, right }: { garbled: string; right: string }): string {
  return `${where} holds "${garbled}", which looks like "${right}" read in the wrong encoding.`;
}

function countIn(nodes: readonly Node[]): number {
  return nodes.reduce((count, node) => {
    if (typeof node === "string") return count + [...node.matchAll(replacement)].length;
    if (node.is === "choice") return count + node.branches.reduce((sum, branch) => sum + countIn(branch.nodes), 0);
    return node.is === "retreats"
      ? count + [...node.prompts.values()].reduce((sum, one) => sum + countIn(one), 0)
      : count;
  }, 0);
}
