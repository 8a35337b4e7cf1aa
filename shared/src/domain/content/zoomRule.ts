import type { MailSource } from "../template/mail.ts";
import { errorAt } from "../template/mailParse.ts";
import { linkText, type TemplateLink } from "../template/templateLinks.ts";
import type { Detail } from "../workOrder.ts";
import type { ContentRules } from "./contentRules.ts";
import { inPrompt } from "./hrefRules.ts";
import { isZoomLink, isZoomMeetingLink } from "./zoomId.ts";

/**
 * A confirmation of a virtual event leads to its meeting and to no other (rule Q3): the order has a Zoom id, an https link
 * on zoom.us or a subdomain has it as a whole number in its path, and no meeting link has another id.
 */
export function zoomFindings(
  source: MailSource,
  links: readonly TemplateLink[],
  { confirmation, inPerson, zoomId }: Pick<ContentRules, "confirmation" | "inPerson" | "zoomId">,
): Detail[] {
  if (!confirmation || inPerson) return [];
  if (!zoomId)
    return [
      errorAt(source, 0, "Q3", "This confirms a virtual event, but the order has no Zoom id: enter it in the order."),
    ];
  // A picture from zoom.us leads nowhere; a meeting opens without encryption, too, by a redirect.
  const zoomUrls = links
    .filter(({ attribute }) => attribute === "href")
    .flatMap((link) =>
      [...new Set(link.alternatives.map(linkText))].map((given) => {
        const url = given.replace(/^http:/i, "https:");
        return { link, url, secure: url === given };
      }),
    )
    .filter(({ url }) => isZoomLink(url))
    .map((found) => ({ ...found, numbers: numbersInPath(found.url) }));
  const zoomLinks = zoomUrls.filter(({ secure }) => secure);
  const others = zoomUrls
    .filter(({ link, url, numbers }) => !link.isFaulty && isZoomMeetingLink(url) && !numbers.includes(zoomId))
    .map(({ link, numbers }) => {
      const found = numbers.join(", ") || "none";
      return errorAt(
        source,
        link.offset,
        "Q3",
        inPrompt(link, `This Zoom link opens another meeting: expected id ${zoomId}, found ${found}.`),
      );
    });
  // One wrong link is one mistake: that the right one is missing follows from it, or from the fault found in it before.
  const isExplained = others.length > 0 || zoomLinks.some(({ link }) => link.isFaulty);
  if (isExplained || zoomLinks.some(({ numbers }) => numbers.includes(zoomId))) return others;
  const found = [...new Set(zoomLinks.flatMap(({ numbers }) => numbers))].join(", ") || "none";
  const missing = `No https link on zoom.us has the id of the meeting in its path: expected id ${zoomId}, found ${found}.`;
  return [errorAt(source, 0, "Q3", missing)];
}

function numbersInPath(link: string): string[] {
  return new URL(link).pathname.match(/\d+/g) ?? [];
}
