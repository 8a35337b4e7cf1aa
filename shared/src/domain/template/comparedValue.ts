import { tidied } from "./escaping.ts";

/** Marks that quote a value: typed, as an editor sets them, and those of other languages and of full-width keyboards. */
const doubleQuotes = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u300c-\u300f\u301d-\u301f\uff02';
/** These are apostrophes as well. */
const singleQuotes = "'`\u00b4\u2018-\u201b\u2032\u2039\u203a\uff07";
const quoted = new RegExp(`^([${doubleQuotes}])(.*)[${doubleQuotes}]$|^[${singleQuotes}](.*)[${singleQuotes}]$`, "s");
const halfQuoted = new RegExp(`^[${doubleQuotes}]|[${doubleQuotes}]$`);
/** What joins conditions in other languages; inside quotes it is part of the value. */
const joiner = /(?:^|\s)(AND|OR|NOT|XOR)(?=\s|$)|(&&)/;
const secondComparison = new RegExp(`[${doubleQuotes}${singleQuotes}]\\s*(?:AND|OR|&&|,|;)(?![\\p{L}\\p{N}])`, "iu");

/**
 * The value after the operator of a condition, without the quotes around it. Mailchimp knows one comparison with one
 * value in a condition (help page "Conditional Merge Tag Blocks"): whatever else is written there is a fault, as it
 * would compare with a text no recipient has.
 */
export function comparedValue(operator: string, given: string): { value: string } | { fault: string } {
  const text = given.trim();
  if (text === "") return { fault: `there is no value after ${operator}.` };
  if (/^[=<>!]/.test(text)) {
    const typed = operator + /^[=<>!]+/.exec(text)![0];
    return { fault: `${typed} is no comparison; the comparisons are =, !=, <, >, <= and >=.` };
  }
  const inQuotes = quoted.exec(text);
  if (inQuotes) {
    const inner = inQuotes[2] ?? inQuotes[3]!;
    const value = tidied(inner);
    if (value === "")
      return { fault: `the quotes behind ${operator} are empty: ask *|IFNOT:FIELD|* for a blank field.` };
    if (secondComparison.test(inner) || (inQuotes[1] !== undefined && hasQuote.test(inner))) return { fault: oneOnly };
    return { value };
  }
  if (halfQuoted.test(text)) return { fault: `the quotes around ${text} are not closed.` };
  const word = joiner.exec(text);
  if (word)
    return {
      fault: `${word[1] ?? word[2]} is not supported here: ${oneOnly} Put a value that contains the word in quotes.`,
    };
  if (/[=<>]/.test(text)) return { fault: `${oneOnly} Put a value that contains = < or > in quotes.` };
  return { value: tidied(text) };
}

/** A word without the quotes around it. */
export function unquoted(word: string): string {
  const inQuotes = quoted.exec(word);
  return inQuotes ? (inQuotes[2] ?? inQuotes[3]!) : word;
}

const hasQuote = new RegExp(`[${doubleQuotes}]`);
const oneOnly = "a condition makes one comparison with one value; nest conditions, or use ELSEIF.";
