import type { Settings } from "@email-agent/shared/domain/configItems.ts";
import type { LinkToCheck } from "@email-agent/shared/domain/content/linksToCheck.ts";
import { resourceNouns } from "@email-agent/shared/domain/content/resourceRules.ts";
import { maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import { excerpt } from "@email-agent/shared/domain/template/sourceText.ts";
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import type { LinkAnswer, LinkFetcher } from "./adapters/linkFetcher.ts";

const parallel = 8;
const urlLimitCharacters = 300;

/**
 * Asks for every distinct web address once, whatever the number of languages and its places, 8 at a time.
 * Returns a finding (rule Q5) for each place of one that is dead (error) or could not be judged (warning).
 */
export async function checkLinks(
  links: readonly LinkToCheck[],
  { deny, warn }: Settings["linkCheck"],
  fetcher: LinkFetcher,
  signal: AbortSignal,
): Promise<Detail[]> {
  const places = Map.groupBy(links, ({ url }) => url);
  const denied = (host: string) => isListed(host, deny);
  const answers = new Map<string, LinkAnswer>();
  const waiting = [...places.keys()];
  const work = async () => {
    for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
      signal.throwIfAborted();
      answers.set(url, await fetcher.fetch(new URL(url), denied, signal));
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return [...places].flatMap(([url, found]) => {
    const answer = answers.get(url)!;
    const isLenient = isListed(new URL(url).hostname, warn);
    return found.flatMap(({ language, line, column, resource }) => {
      const finding = judge(url, answer, resource, isLenient);
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
  answer: LinkAnswer,
  resource: LinkToCheck["resource"],
  isLenient: boolean,
): Omit<Detail, "language"> | undefined {
  const verdict = verdictOf(answer) ?? (resource === "image" ? imageVerdict(answer) : undefined);
  if (verdict === undefined) return undefined;
  // A host that is known to turn checkers away is never an error, but a private address leads no reader anywhere.
  const severity = isLenient && answer.kind !== "private-address" ? "warning" : verdict.severity;
  const noun = resource ? resourceNouns[resource] : "link";
  return { rule: "Q5", severity, text: `The ${noun} ${shown(url)} ${maskAddresses(verdict.text)}.` };
}

/** A host that shows a page where a picture was; other types are sent for pictures by many hosts. */
function imageVerdict(answer: LinkAnswer): Pick<Detail, "severity" | "text"> | undefined {
  const type = answer.kind === "answered" ? answer.contentType : undefined;
  if (type === undefined || !/^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(type)) return undefined;
  return { severity: "warning", text: "leads to a page (text/html), not to a picture" };
}

/** Short enough for a hundred of them to fit into the order, and without the address a link may hold. */
function shown(url: string): string {
  const { origin } = new URL(url);
  const path = url.slice(url.indexOf("/", url.indexOf("//") + 2)).replace(/[^/?&=#]+(?:@|%40)/gi, "…@");
  return excerpt(`${origin}${path}`, urlLimitCharacters);
}

function verdictOf(answer: LinkAnswer): Pick<Detail, "severity" | "text"> | undefined {
  switch (answer.kind) {
    case "answered":
      return statusVerdict(answer.status);
    case "unknown-name":
      return { severity: "error", text: `leads to ${answer.host}, a name that does not exist` };
    case "private-address":
      return { severity: "error", text: `leads to ${answer.host}, which has a private or reserved address` };
    case "tls":
      return { severity: "error", text: `has no valid certificate (${answer.reason})` };
    case "denied":
      return { severity: "warning", text: `was not checked: ${answer.host} is among the hosts not to be asked` };
    case "not-followed":
      return { severity: "warning", text: `was not checked to the end: ${answer.reason}` };
    case "redirects":
      return { severity: "warning", text: "was not checked to the end: it redirects too often" };
    case "unreachable":
      return { severity: "warning", text: `could not be checked: ${answer.reason}` };
    case "timeout":
      return { severity: "warning", text: "did not answer in time" };
  }
}

/** Gone is an error; whatever a site may say to a checker but not to a person (401, 403, 405, 429, 5xx, …) a warning. */
function statusVerdict(status: number): Pick<Detail, "severity" | "text"> | undefined {
  if (status < 400) return undefined;
  if (status === 404 || status === 410) return { severity: "error", text: `leads to a page that is gone (${status})` };
  return { severity: "warning", text: `was answered with ${status} and could not be judged` };
}
