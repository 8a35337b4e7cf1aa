import type { MailSettings, MailSource } from "../template/mail.ts";
import { errorAt } from "../template/mailParse.ts";
import { excerpt } from "../template/sourceText.ts";
import { type LinkAlternative, linkText, type TemplateLink } from "../template/templateLinks.ts";
import type { Detail } from "../workOrder.ts";
import { inPrompt } from "./hrefRules.ts";

/**
 * URLs that still hold the placeholder id as a whole value when the mail is rendered, on any host, also wrapped into
 * another URL and percent-encoded (rule Q4): every reader who follows one is treated as the person with that id. Links
 * that already have a finding are left out.
 */
export function placeholderFindings(
  source: MailSource,
  links: readonly TemplateLink[],
  { settings }: MailSettings,
  before: readonly Detail[],
): Detail[] {
  const { registrationPlaceholderId: placeholder, registrationHosts } = settings;
  if (placeholder === "") return [];
  const holds = holding(placeholder);
  const hosts = registrationHosts.join(", ") || "(the setting registrationHosts is empty)";
  const finding = (offset: number, url: string) =>
    errorAt(
      source,
      offset,
      "Q4",
      `The URL "${excerpt(url)}" still holds the placeholder id ${placeholder}: it becomes the recipient's id only in links to ${hosts}.`,
    );
  const found = links.flatMap((link) => {
    const parts = link.alternatives.find((alternative) => isUrl(link, alternative) && holds(literalText(alternative)));
    if (!parts) return [];
    const { text, ...at } = finding(link.offset, linkText(parts));
    return [{ ...at, text: inPrompt(link, text) }];
  });
  return found.filter((one) => !before.some(({ line, column }) => line === one.line && column === one.column));
}

/** Placeholder for a recipient's value. */
const personal = "\ufdd0";

function literalText(parts: LinkAlternative): string {
  return parts.map((part) => (typeof part === "string" ? part : (part.value.constant ?? personal))).join("");
}

/** A telephone number is no id, and what a mail carries in itself (`data:`) no address. */
function isUrl({ attribute }: TemplateLink, parts: LinkAlternative): boolean {
  return attribute !== "cite" && !/^(?:tel|sms|smsto|callto|data|whatsapp):/i.test(literalText(parts));
}

const layersLimit = 5;

/**
 * True for a text that holds the id as a whole value, in whatever number of percent-encodings, in base64, or in a URL that
 * Proofpoint wrapped; a longer number is another.
 */
function holding(placeholder: string): (text: string) => boolean {
  const id = placeholder.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const whole = new RegExp(`(?<![\\p{L}\\p{N}_.~-])${id}(?![\\p{L}\\p{N}_~-]|\\.[\\p{L}\\p{N}])`, "u");
  return (text) => {
    let layer = unwrapped(text);
    for (let depth = 0; depth <= layersLimit; depth++) {
      if (whole.test(layer) || base64Texts(layer).some((inner) => whole.test(inner))) return true;
      const inner = layer.replace(/(?:%[0-9a-f]{2})+/gi, percentDecoded);
      if (inner === layer) return false;
      layer = inner;
    }
    return false;
  };
}

/** What the base64 and base64url parts of a URL say, as links of Mandrill and other click counters hold them. */
function base64Texts(url: string): string[] {
  return [...url.matchAll(/[A-Za-z0-9+_-]{16,}/g)].map(([part]) => Buffer.from(part, "base64").toString("latin1"));
}

/**
 * The URL in one of Proofpoint's URL Defense: v3 puts it between `/v3/__` and `__;`, v2 writes `%` as `-` and `/` as `_`
 * (https://help.proofpoint.com, "URL Defense Decoder").
 */
function unwrapped(text: string): string {
  // `=3D`: the source of a mail (quoted-printable), pasted as it is.
  if (!/^https?:\/\/urldefense\./i.test(text)) return text.replaceAll("=3D", "=");
  if (!/^https?:\/\/[^/]+\/v[12]\//i.test(text)) return text.replaceAll("__", "  ");
  return text.replace(/-(?=[0-9a-f]{2})/gi, "%").replaceAll("_", "/");
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}
