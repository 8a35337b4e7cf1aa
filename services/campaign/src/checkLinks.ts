import type { LinkToCheck } from "@email-agent/shared/domain/content/linksToCheck.ts";
import { resourceNouns } from "@email-agent/shared/domain/content/resourceRules.ts";
import { maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import type { Settings } from "@email-agent/shared/domain/settings.ts";
import { excerpt } from "@email-agent/shared/domain/template/sourceText.ts";
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import type { LinkFetcher, LinkResult } from "./adapters/linkFetcher.ts";

const parallel = 8;
const urlLimitCharacters = 300;

/**
 * Requests every distinct URL once, however many languages and places have it, 8 at a time. Returns a finding (rule Q5) for
 * each place of a URL that is dead (error) or could not be judged (warning).
 */
export async function checkLinks(
  links: readonly LinkToCheck[],
  { deny, warn }: Settings["linkCheck"],
  fetcher: LinkFetcher,
  signal: AbortSignal,
): Promise<Detail[]> {
  const places = Map.groupBy(links, ({ url }) => url);
  const denied = (host: string) => isListed(host, deny);
  const results = new Map<string, LinkResult>();
  const waiting = [...places.keys()];
  const work = async () => {
    for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
      signal.throwIfAborted();
      results.set(url, await fetcher.fetch(new URL(url), denied, signal));
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return [...places].flatMap(([url, found]) => {
    const result = results.get(url)!;
    const isLenient = isListed(new URL(url).hostname, warn);
    return found.flatMap(({ language, line, column, resource }) => {
      const finding = judge(url, result, resource, isLenient);
      return finding ? [{ ...finding, language, line, column }] : [];
    });
  });
}

/** True for a listed host and everything below it. */
function isListed(host: string, list: readonly string[]): boolean {
  return list.some((entry) => host === entry.toLowerCase() || host.endsWith(`.${entry.toLowerCase()}`));
}

function judge(
  url: string,
  result: LinkResult,
  resource: LinkToCheck["resource"],
  isLenient: boolean,
): Omit<Detail, "language"> | undefined {
  const verdict = verdictOf(result) ?? (resource === "image" ? imageVerdict(result) : undefined);
  if (verdict === undefined) return undefined;
  // A host known to block link checkers is never an error, but a private address works for no reader.
  const severity = isLenient && result.kind !== "private-address" ? "warning" : verdict.severity;
  const noun = resource ? resourceNouns[resource] : "link";
  return { rule: "Q5", severity, text: `The ${noun} ${shown(url)} ${maskAddresses(verdict.text)}.` };
}

/** Finds a page where a picture was; many hosts send other wrong types for real pictures. */
function imageVerdict(result: LinkResult): Pick<Detail, "severity" | "text"> | undefined {
  const type = result.kind === "responded" ? result.contentType : undefined;
  if (type === undefined || !/^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(type)) return undefined;
  return { severity: "warning", text: "leads to a page (text/html), not to a picture" };
}

/** Short enough for a hundred of them to fit into the order, and without any mail address. */
function shown(url: string): string {
  const { origin } = new URL(url);
  const path = url.slice(url.indexOf("/", url.indexOf("//") + 2)).replace(/[^/?&=#]+(?:@|%40)/gi, "…@");
  return excerpt(`${origin}${path}`, urlLimitCharacters);
}

function verdictOf(result: LinkResult): Pick<Detail, "severity" | "text"> | undefined {
  switch (result.kind) {
    case "responded":
      return statusVerdict(result.status);
    case "unknown-name":
      return { severity: "error", text: `leads to ${result.host}, a name that does not exist` };
    case "private-address":
      return { severity: "error", text: `leads to ${result.host}, which has a private or reserved address` };
    case "tls":
      return { severity: "error", text: `has no valid certificate (${result.reason})` };
    case "denied":
      return { severity: "warning", text: `was not checked: ${result.host} is on the list of hosts not to contact` };
    case "not-followed":
      return { severity: "warning", text: `was not followed to its end: ${result.reason}` };
    case "redirects":
      return { severity: "warning", text: "was not followed to its end: it redirects too often" };
    case "unreachable":
      return { severity: "warning", text: `could not be checked: ${result.reason}` };
    case "timeout":
      return { severity: "warning", text: "did not respond in time" };
  }
}

/** Gone is an error; what a site may refuse a link checker but not a person (401, 403, 405, 429, 5xx, …) is a warning. */
function statusVerdict(status: number): Pick<Detail, "severity" | "text"> | undefined {
  if (status < 400) return undefined;
  if (status === 404 || status === 410) return { severity: "error", text: `leads to a page that is gone (${status})` };
  return { severity: "warning", text: `responded with ${status} and could not be judged` };
}
