import { Parser } from "htmlparser2";

const silent = new Set(["head", "title", "style", "script", "textarea", "template", "noscript"]);
/** Elements inside a line; every other one begins a new word. */
const inline = new Set([
  "a",
  "abbr",
  "b",
  "bdi",
  "bdo",
  "code",
  "em",
  "font",
  "i",
  "q",
  "s",
  "small",
  "span",
  "strong",
  "sub",
  "sup",
  "u",
  "wbr",
]);
/** Blanks, and the invisible characters among them by which templates keep the rest of the mail out of the line. */
const filling = /[\s\p{Default_Ignorable_Code_Point}]+/gu;

const portionCharacters = 16_384;
/** A line of text with the filling that templates put between it and the rest. */
const enoughCharacters = 10_000;

/**
 * What a mail program shows of a mail behind its subject: the beginning of its text, hidden elements included, which is
 * why templates put their preview text into one. At most `limitCharacters`, then an ellipsis.
 */
export function inboxLine(html: string, limitCharacters = 140): string {
  let text = "";
  let depth = 0;
  const parser = new Parser({
    onopentag(name) {
      if (silent.has(name)) depth += 1;
      if (!inline.has(name)) text += " ";
    },
    ontext(part) {
      if (depth === 0) text += part;
    },
    onclosetag(name) {
      if (silent.has(name)) depth -= 1;
      if (!inline.has(name)) text += " ";
    },
  });
  // The line is the beginning of the text: what follows need not be read.
  for (let start = 0; start < html.length && text.length < enoughCharacters; start += portionCharacters)
    parser.write(html.slice(start, start + portionCharacters));
  parser.end();
  const line = text.replace(filling, (run) => (/\s/.test(run) ? " " : run)).trim();
  const characters = [...line];
  return characters.length > limitCharacters ? `${characters.slice(0, limitCharacters).join("").trimEnd()}…` : line;
}
