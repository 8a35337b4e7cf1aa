import { mailAddress } from "../recipients/address.ts";
import type { MailSource } from "../template/mail.ts";
import { errorAt, warningAt } from "../template/mailParse.ts";
import { excerpt } from "../template/sourceText.ts";
import { type LinkAlternative, linkText, type TemplateLink } from "../template/templateLinks.ts";
import type { Detail } from "../workOrder.ts";
import { type AddressFault, schemeOf, syntaxFault } from "./addressSyntax.ts";

/**
 * Schemes that programs on a reader's machine or telephone register (IANA, URI Schemes, and the providers' pages). Others
 * are misspelt more often than meant: `htp:`, `mail:`.
 */
const knownSchemes = new Set(
  (
    "http https mailto tel sms mms smsto callto sip sips facetime facetime-audio skype whatsapp viber tg sgnl line " +
    "weixin fb-messenger msteams zoommtg zoomus slack webcal geo maps comgooglemaps waze market itms itms-apps " +
    "itms-appss ms-outlook ms-word ms-excel ms-powerpoint onenote webexteams wbx signal threema discord ftp ftps sftp xmpp irc ircs news magnet bitcoin spotify intent fb twitter instagram"
  ).split(" "),
);
/** Known schemes that no mail program follows. */
const unsafeSchemes = new Set(["javascript", "vbscript", "data", "file", "about", "blob", "cid"]);

/** Links that lead nowhere: empty, relative, misspelt, to no place of the mail, or with a leftover (rule Q6). */
export function hrefFindings(
  source: MailSource,
  links: readonly TemplateLink[],
  targets: ReadonlySet<string>,
): Detail[] {
  return links
    .filter((link) => link.attribute === "href" && link.use !== "hint" && !link.isFaulty)
    .flatMap((link) => {
      const faults = link.alternatives.flatMap((parts) => faultOf(parts, targets) ?? []);
      return [...new Map(faults.map((fault) => [fault.text, fault])).values()].map(({ severity, text }) => {
        const finding = severity === "error" ? errorAt : warningAt;
        return finding(source, link.offset, "Q6", inPrompt(link, `This href ${text}.`));
      });
    });
}

/** Prefixes a message about a link with the name of the prompt that contains it, if any. */
export function inPrompt(link: TemplateLink, text: string): string {
  return link.prompt === undefined ? text : `In prompt ${link.prompt}: ${text}`;
}

function faultOf(parts: LinkAlternative, targets: ReadonlySet<string>): AddressFault | undefined {
  const [first] = parts;
  if (first === undefined) return { severity: "error", text: "is empty" };
  const shown = `"${excerpt(linkText(parts))}"`;
  const error = (text: string): AddressFault => ({ severity: "error", text: `${text}: ${shown}` });
  const syntax = syntaxFault(parts);
  if (syntax || typeof first !== "string") return syntax;
  if (first.startsWith("#")) return placeFault(linkText(parts), targets);
  const scheme = schemeOf(first);
  if (scheme === undefined) return error("is relative and leads nowhere in a mail");
  if (unsafeSchemes.has(scheme)) return error("cannot be followed from a mail");
  if (!knownSchemes.has(scheme)) return error(`begins with ${scheme}:, which leads nowhere`);
  const literal = parts.map((part) => (typeof part === "string" ? part : personal)).join("");
  if (/^(?:tel|sms):$/i.test(literal)) return { severity: "error", text: `is empty behind ${literal}` };
  return scheme === "mailto" ? mailtoFault(literal, shown) : undefined;
}

/** Placeholder for a recipient's value. */
const personal = "\ufdd0";

/** `#` and `#top` are the beginning of the mail (HTML, "indicated part of the document"). */
function placeFault(href: string, targets: ReadonlySet<string>): AddressFault | undefined {
  const name = href.slice(1);
  if (name === "") return { severity: "warning", text: `leads to the top of the mail: is "#" still to be filled in` };
  if (name.toLowerCase() === "top" || targets.has(name) || targets.has(decoded(name))) return undefined;
  return {
    severity: "error",
    text: `leads to a place that is not in the mail: no element has the id or name "${excerpt(name)}"`,
  };
}

/** RFC 6068: addresses, then header fields, one of which may hold the addresses or a text to be passed on. */
function mailtoFault(href: string, shown: string): AddressFault | undefined {
  if (/^mailto:\/\//i.test(href)) return { severity: "error", text: `has slashes behind mailto:: ${shown}` };
  const [list = "", fields = ""] = href.slice("mailto:".length).split(/\?(.*)/s);
  const addresses = list.split(/[,;]/).filter((address) => address.trim() !== "");
  if (addresses.length === 0 && fields === "") return { severity: "error", text: "is empty behind mailto:" };
  const isPersonal = (text: string) => text.includes(personal);
  const wrong = addresses.find((address) => !isPersonal(address) && mailAddress(decoded(address).trim()) === undefined);
  if (wrong !== undefined) return { severity: "error", text: `holds no mail address behind mailto:: ${shown}` };
  if (addresses.some((address) => /\s|%20/.test(address)))
    return {
      severity: "warning",
      text: `has a blank in its address, which some mail programs take for a part of it: ${shown}`,
    };
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % is no encoding
  }
}
