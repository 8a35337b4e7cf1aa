import type { MailSettings, MailSource } from "../template/mail.ts";
import { errorAt } from "../template/mailParse.ts";
import { isRegistrationLink } from "../template/registrationLinks.ts";
import { excerpt } from "../template/sourceText.ts";
import { type LinkAlternative, linkText, type TemplateLink } from "../template/templateLinks.ts";
import type { ParsedTemplate } from "../template/templateParse.ts";
import type { Detail } from "../workOrder.ts";
import type { ContentRules } from "./contentRules.ts";
import { inPrompt } from "./hrefRules.ts";

const insertingMacros = ["#reglink", "#offeringsection"];

/**
 * Every registration link names this event and the recipient, and there is at least one, or a macro that inserts one
 * (rule Q4).
 */
export function registrationFindings(
  source: MailSource,
  html: ParsedTemplate,
  settings: MailSettings,
  { regLinkPresent }: Pick<ContentRules, "regLinkPresent">,
): Detail[] {
  if (!regLinkPresent) return [];
  const links = html.links.flatMap((link) =>
    link.alternatives
      .filter((parts) => isHref(link) && isRegistrationLink(queryText(parts), settings.settings))
      .map((parts) => ({ link, parts })),
  );
  if (links.length === 0 && !html.used.some(({ name }) => insertingMacros.includes(name))) {
    const hosts = settings.settings.registrationHosts.join(", ") || "(the setting registrationHosts is empty)";
    return [
      errorAt(
        source,
        0,
        "Q4",
        `The mail has no registration link: none leads to ${hosts}, and neither #reglink nor #offeringsection is used.`,
      ),
    ];
  }
  const judged = links.filter(({ link }) => !link.isFaulty);
  return judged.flatMap(({ link, parts }) =>
    faultsOf(parts, settings).map((fault) =>
      errorAt(source, link.offset, "Q4", inPrompt(link, `Registration link "${excerpt(linkText(parts))}": ${fault}`)),
    ),
  );
}

function isHref(link: TemplateLink): boolean {
  return link.attribute === "href" && link.element !== "link" && link.element !== "base";
}

function faultsOf(parts: LinkAlternative, { event, settings }: MailSettings): string[] {
  const query = new URL(queryText(parts)).searchParams;
  const { event: eventParameter, participant: participantParameter } = settings.registrationParams;
  // The placeholder was read as ||pid|| where it means the recipient; elsewhere it would go out as it is.
  return [
    ...wrong(query, eventParameter, [event.aid, "||aid||"], [event.aid, "||aid||"]),
    ...wrong(query, participantParameter, ["||pid||"], [settings.registrationPlaceholderId, "||pid||"]),
  ];
}

function wrong(query: URLSearchParams, name: string, accepted: readonly string[], named: readonly string[]): string[] {
  const found = query.getAll(name);
  if (found.length > 0 && found.every((value) => accepted.includes(value))) return [];
  const shown = found.length > 0 ? found.map((value) => `"${value}"`).join(", ") : "missing";
  return [`${name} must be ${named.map((value) => `"${value}"`).join(" or ")}, found ${shown}.`];
}

/** The link with its values in their own notation, safe in a query. */
function queryText(parts: LinkAlternative): string {
  return parts.map((part) => (typeof part === "string" ? part : encodeURIComponent(part.value.notation))).join("");
}
