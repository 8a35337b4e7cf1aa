import { houseRole } from "./conditionRoles.ts";
import { findingsLimit } from "./contentLimits.ts";
import type { Directive, Scan } from "./directives.ts";
import { normalised } from "./directives.ts";
import { type Place, placeAt } from "./place.ts";
import { excerpt, type Problem } from "./sourceText.ts";

const withArguments = ["if", "offeringsection"];
const hashMacroNames = [...withArguments, "else", "endif", "salutation", "reglink", "retreats"];
const macroList = hashMacroNames.map((name) => `#${name}`).join(", ");

/** A `#` that begins a word: not part of a URL, a number sign or a character reference. */
const hashWord = /(?<![\p{L}\p{M}\p{N}_&#/=?])#(\p{L}[\p{L}\p{M}\p{N}\p{Join_Control}_-]*)/gu;
/** Letters of scripts that know no upper case; Georgian has one that is not written at the beginning of words. */
const caseless = /[\p{Lo}\p{Lm}\p{Script=Georgian}]/u;
/** Placeholder for a directive of another notation in the text that is searched. */
export const otherDirective = "\ufffc";
/** No list of arguments is longer; a line may be. */
const argumentsLimit = 300;
const blankEntity = /(?:&nbsp;|&#160;|&#xa0;)/gi;

/**
 * Finds `#` macros in the texts of a source. `blanked` is the source with the other directives replaced by
 * `otherDirective`. Arguments run to the next tag, directive or line end.
 */
export function findHashMacros(blanked: string, places: readonly Place[], allowedHashtags: readonly string[]): Scan {
  const allowed = new Set(allowedHashtags.map((tag) => tag.replace(/^#/, "").toLowerCase()));
  const directives: Directive[] = [];
  const problems: Problem[] = [];
  for (const place of places.filter(countsAsText)) {
    if (problems.length > findingsLimit) break;
    const text = blanked.slice(place.start, place.end);
    const words = [...text.matchAll(hashWord)].filter((word) => !isInUrl(text, word.index));
    words.forEach((word, number) => {
      if (problems.length > findingsLimit) return;
      const start = place.start + word.index;
      const name = word[1]!.replace(/-+$/, "");
      const known = hashMacroNames.includes(name);
      if (!known) {
        const text = hashtagProblem(name, allowed);
        if (text === undefined) return;
        // A misspelt part of a condition still is one: its meaning, or the want of it, is found with the others.
        if (houseRole(name))
          directives.push({ start, end: place.start + word.index + 1 + name.length, notation: "hash", body: name });
        else problems.push({ rule: "Q1", offset: start, text });
        return;
      }
      // The tokeniser sees text there, for no tag begins with #; what takes its place may be a name.
      if (text[word.index - 1] === "<")
        problems.push({
          rule: "Q1",
          offset: start,
          text: `"#${name}" is behind "<", so it becomes a tag: write &lt; instead.`,
        });
      const nameEnd = word.index + 1 + name.length;
      const room = text.slice(nameEnd, words[number + 1]?.index ?? text.length);
      const given = withArguments.includes(name) ? argumentsIn(room) : "";
      directives.push({
        start,
        end: place.start + nameEnd + given.length,
        notation: "hash",
        body: normalised(name + given),
      });
    });
  }
  return { directives, problems: [...problems, ...splitMacros(blanked, places)] };
}

function countsAsText(place: Place): boolean {
  return place.kind === "plain" || ((place.kind === "text" || place.kind === "title") && !place.conditional);
}

function argumentsIn(room: string): string {
  const line = room.slice(0, argumentsLimit).split(/[\r\n\ufffc]/)[0]!;
  const withoutBlankEnd = line.replace(/(?:\s|&nbsp;|&#160;|&#xa0;)+$/i, "");
  return withoutBlankEnd.replace(blankEntity, "").trim() === "" ? "" : withoutBlankEnd;
}

/** A `#` at the beginning of a word, as most are, is judged without looking further back. */
function isInUrl(text: string, index: number): boolean {
  if (index === 0 || /[\s\ufffc]/.test(text[index - 1]!)) return false;
  return /(?:\/\/|www\.)[^\s\ufffc]*$/i.test(text.slice(Math.max(0, index - 200), index));
}

/** Why a `#` word may not stay; undefined if it may. */
export function hashtagProblem(name: string, allowed: ReadonlySet<string> = new Set()): string | undefined {
  const lower = name.toLowerCase();
  if (hashMacroNames.includes(lower)) return `#${name} is written in lower case: #${lower}.`;
  if (name !== lower || caseless.test(name) || allowed.has(lower)) return undefined;
  return `#${name} is neither a macro (${macroList}) nor an allowed hashtag.`;
}

/** A macro that an editor cut in two by formatting part of it would go out as text. */
const splitMacro = new RegExp(`#(?:<[^<>]*>)+(?:${hashMacroNames.join("|")})(?![\\p{L}\\p{N}_-])`, "gu");

function splitMacros(blanked: string, places: readonly Place[]): Problem[] {
  return blanked
    .matchAll(splitMacro)
    .filter((found) => countsAsText(placeAt(places, found.index)))
    .take(findingsLimit + 1)
    .map((found) => ({
      rule: "Q1" as const,
      offset: found.index,
      text: `"${excerpt(found[0])}" has markup inside: format the whole macro or none of it.`,
    }))
    .toArray();
}
