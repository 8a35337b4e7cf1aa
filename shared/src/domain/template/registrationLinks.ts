import type { Settings } from "../settings.ts";
import type { Directive } from "./directives.ts";
import { type Place, placeAt } from "./place.ts";

const webAddress = /https?:\/\/[^\s"'<>\ufffc]+/gi;

/** True for a link on one of the hosts where people register, ignoring case and port. */
export function isRegistrationLink(link: string, settings: Settings): boolean {
  if (!URL.canParse(link)) return false;
  const { protocol, hostname } = new URL(link);
  return /^https?:$/.test(protocol) && settings.registrationHosts.some((host) => host.toLowerCase() === hostname);
}

/**
 * Where the placeholder id is the complete value of the participant parameter in a URL on a registration host.
 * There, and nowhere else, it means the recipient's id: each place is a `||pid||` of its own.
 */
export function findPlaceholderIds(masked: string, places: readonly Place[], settings: Settings): Directive[] {
  const { registrationPlaceholderId: placeholder, registrationParams } = settings;
  if (placeholder === "") return [];
  const parameter = new RegExp(
    `[?&](?:amp;|#0*38;|#x0*26;)?${literally(registrationParams.participant)}=(${literally(placeholder)})(?=&|#|$)`,
    "gi",
  );
  const found: Directive[] = [];
  for (const address of masked.matchAll(webAddress)) {
    const isInText = placeAt(places, address.index).kind === "text";
    // In running text a sentence may end behind the URL.
    const url = isInText ? address[0].replace(/(?<![.,;:!?)\]])[.,;:!?)\]]+$/, "") : address[0];
    if (!isRegistrationLink(url, settings)) continue;
    for (const match of queryOf(url).matchAll(parameter)) {
      const start = address.index + queryStart(url) + match.index + match[0].length - placeholder.length;
      found.push({ start, end: start + placeholder.length, notation: "house", body: "pid" });
    }
  }
  return found;
}

function queryStart(url: string): number {
  const start = url.indexOf("?");
  return start < 0 ? url.length : start;
}

/** From the question mark to the fragment; a `#` of a character reference is none. */
function queryOf(url: string): string {
  const query = url.slice(queryStart(url));
  const fragment = query.search(/(?<!&)#/);
  return fragment < 0 ? query : query.slice(0, fragment);
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
