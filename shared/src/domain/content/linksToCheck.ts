import { percentEncode } from "../template/escaping.ts";
import type { MailSettings, MailSource } from "../template/mail.ts";
import { positionAt } from "../template/sourceText.ts";
import type { LinkAlternative, TemplateLink } from "../template/templateLinks.ts";
import { parseTemplate } from "../template/templateParse.ts";
import { type Resource, resourceOf } from "./resourceRules.ts";

/** A web address of the mail, and where it is first (line and column from 1). */
export interface LinkToCheck {
  readonly language: string;
  readonly url: string;
  readonly line: number;
  readonly column: number;
  /** What is loaded from there; absent for a link. */
  readonly resource?: Resource;
}

/**
 * Each distinct http or https link of the HTML and of the prompts it uses, and everything the mail loads (images, style
 * sheets …), in order: character references decoded, values that are the same for all recipients filled in, fragment and query
 * parameters with a recipient's value dropped. A link whose host or path differs by recipient is left out:
 * the check must not request a recipient's own page.
 */
export function linksToCheck(source: Pick<MailSource, "html" | "language">, settings: MailSettings): LinkToCheck[] {
  const { html, language } = source;
  const parsed = parseTemplate(html, { settings, language, part: "html", chain: [] });
  const found = new Map<string, LinkToCheck>();
  for (const link of parsed.links.filter(canBeFollowed).sort((one, other) => one.offset - other.offset)) {
    for (const parts of link.alternatives) {
      const url = checkableUrl(parts);
      const resource = resourceOf(link);
      const key = `${resource} ${url}`;
      if (url === undefined || found.has(key)) continue;
      found.set(key, { language, url, ...positionAt(html, link.offset), ...(resource && { resource }) });
    }
  }
  return [...found.values()];
}

function canBeFollowed({ use, isFaulty }: TemplateLink): boolean {
  return !isFaulty && use !== "text" && use !== "hint" && use !== "other";
}

/** Marks a recipient's value while the URL is taken apart. */
const personal = "\ufdd0";

function checkableUrl(parts: LinkAlternative): string | undefined {
  const text = parts.map(partText).join("");
  const [address = "", query = ""] = text.split("#", 1)[0]!.split(/\?(.*)/s);
  if (!/^https?:\/\//i.test(address) || address.includes(personal)) return undefined;
  const kept = query.split("&").filter((parameter) => parameter !== "" && !parameter.includes(personal));
  return URL.parse(kept.length > 0 ? `${address}?${kept.join("&")}` : address)?.href;
}

function partText(part: LinkAlternative[number]): string {
  if (typeof part === "string") return part;
  const { constant, kind } = part.value;
  if (constant === undefined) return personal;
  return kind === "url" || kind === "encoded" ? constant : percentEncode(constant);
}
