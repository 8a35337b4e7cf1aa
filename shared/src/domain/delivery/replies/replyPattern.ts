/*
 * The patterns that an account has for replies of its provider (`dailyLimitTexts`). They run on text of a foreign server, so
 * only those are run that end soon on any text: a backtracking engine may try every way in which their parts share the text.
 */

/** Of a reply, as much as patterns are run on, in characters. */
const searchedLength = 500;
const longest = 200;
/**
 * What a pattern may cost: two repetitions without an end, or one and four alternatives. A
 * repetition without an end has as many ways as the text has characters, but most of them end early.
 */
const endless = 16;
const dearest = endless ** 2;

/**
 * True if a pattern takes less than a second on the longest text it is run on. Refused are a repeated group that holds a
 * repetition or an alternative, back-references, more than two repetitions without an end, and more than 200 characters.
 */
export function endsSoon(pattern: string): boolean {
  return pattern.length <= longest && costOf(pattern) <= dearest;
}

/** A test of reply texts: case is ignored, and a pattern that is no regular expression is searched as it is. Undefined if it is not run. */
export function replyPattern(pattern: string): ((text: string) => boolean) | undefined {
  const compiled = compiledPattern(pattern);
  // A text such as "limit (daily" was meant literally; refusing to judge a reply would lose its outcome.
  if (!compiled) return (text) => text.slice(0, searchedLength).toLowerCase().includes(pattern.toLowerCase());
  return endsSoon(pattern) ? (text) => compiled.test(text.slice(0, searchedLength)) : undefined;
}

function compiledPattern(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, "i");
  } catch {
    return undefined;
  }
}

interface Group {
  /** It holds a repetition or an alternative. */
  hasChoice: boolean;
}

/** An escape, a class, a beginning or end of a group, an alternative, a repetition, or one other character. */
const token =
  /(?<reference>\\[1-9k])|\\.|\[(?:\\.|[^\]\\])*\]|(?<open>\((?:\?(?:<?[=!]|:|<[^>]*>|[a-z-]*:))?)|(?<close>\))|(?<or>\|)|(?<repeat>[*+?]|\{\d+(?:,\d*)?\})\??|./gs;

/** In how many ways a pattern may be tried from one place of the text; Infinity if they grow with the text without measure. */
function costOf(pattern: string): number {
  const open: Group[] = [{ hasChoice: false }];
  let closed: Group | undefined;
  let cost = 1;
  for (const { groups = {} } of pattern.matchAll(token)) {
    const within = open.at(-1);
    if (!within || groups["reference"]) return Number.POSITIVE_INFINITY;
    if (groups["repeat"]) {
      const most = mostOf(groups["repeat"]);
      if (most > 1 && closed?.hasChoice) return Number.POSITIVE_INFINITY;
      cost *= most === Number.POSITIVE_INFINITY ? endless : most + 1;
      within.hasChoice = true;
    }
    closed = undefined;
    if (groups["or"]) {
      cost *= 2;
      within.hasChoice = true;
    }
    if (groups["open"]) open.push({ hasChoice: false });
    if (groups["close"]) {
      closed = open.pop();
      const around = open.at(-1);
      if (around && closed?.hasChoice) around.hasChoice = true;
    }
  }
  return cost;
}

/** How often a repetition takes its part, at most. */
function mostOf(repetition: string): number {
  if (repetition === "?") return 1;
  const [, least, more, most] = /^\{(\d+)(,?)(\d*)/.exec(repetition) ?? [];
  if (least === undefined) return Number.POSITIVE_INFINITY;
  if (!more) return Number(least);
  // With a least number that is itself too many, the end does not matter.
  return most ? Number(most) : Number(least) > endless ? Number(least) : Number.POSITIVE_INFINITY;
}
