import { compile } from "html-to-text";
import { Parser } from "htmlparser2";
import type { Node, Scope } from "./templateNodes.ts";
import { renderNodes } from "./templateRender.ts";

const block = { leadingLineBreaks: 1, trailingLineBreaks: 1 };
const heading = { leadingLineBreaks: 2, trailingLineBreaks: 2, uppercase: false };

const convert = compile({
  wordwrap: false,
  // Converting goes down with the elements; a source that closes none of its thousands must not end the process.
  limits: { maxDepth: 300 },
  formatters: {
    alternative: (element, _walk, builder) => builder.addInline(element.attribs?.alt ?? "", {}),
  },
  selectors: [
    { selector: "a", options: { linkBrackets: ["(", ")"], hideLinkHrefIfSameAsText: true } },
    { selector: "img", format: "alternative" },
    ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: heading })),
    // Tables of mails are layout: every cell is a block of its own.
    ...["table", "tr", "td", "th"].map((selector) => ({ selector, format: "block", options: block })),
    ...["head", "title", "style", "script", "textarea"].map((selector) => ({ selector, format: "skip" })),
  ],
});

/** The plain text of an HTML mail: links as `text (URL)`, hidden elements such as the preview line left out. */
export function textOf(html: string): string {
  return convert(visibleOnly(html)).trim();
}

const hiddenStyle = /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|max-height\s*:\s*0(?:px)?\s*(?:;|!|$))/i;

function visibleOnly(html: string): string {
  let visible = "";
  let position = 0;
  let hiddenSince = 0;
  let depth = 0;
  const parser = new Parser({
    onopentag(_name, attributes) {
      if (depth > 0) {
        depth += 1;
      } else if (hiddenStyle.test(attributes["style"] ?? "") || "hidden" in attributes) {
        depth = 1;
        hiddenSince = parser.startIndex;
        visible += html.slice(position, hiddenSince);
      }
    },
    onclosetag(_name, isImplied) {
      if (depth === 0) return;
      depth -= 1;
      // An element closed by what follows it ends where that begins; one that has no content ends with itself.
      position = isImplied && parser.startIndex > hiddenSince ? parser.startIndex : parser.endIndex + 1;
    },
  });
  parser.end(html);
  return visible + html.slice(position);
}

/** The characters html-to-text takes for white space. */
const whiteSpace = /[ \t\r\n\f\u200b]+/g;
const mark = { before: "\ufdd0", after: "\ufdd1" };
const marked = /\ufdd0(\d+)\ufdd1/;
const textsLimit = 500;

/**
 * Renders HTML and its text part. Converting HTML costs a hundred times what joining strings does, so the text is
 * converted once for each outcome of the conditions, with marks in place of the values, and then only filled. What a
 * value can change in the conversion counts as outcome, too: being blank, blanks around it, being equal to another.
 */
export function htmlAndText(nodes: readonly Node[]): (scope: Scope) => { html: string; text: string } {
  const texts = new Map<string, TextTemplate>();
  return (scope) => {
    const outcome: string[] = [];
    const values: string[] = [];
    const html = renderNodes(
      nodes,
      scope,
      (field, plain) => {
        if (field.shown) {
          const shape = shapeOf(field.shown(plain), values);
          outcome.push(shape);
        }
        return field.write(plain);
      },
      (choice) => outcome.push(choice),
    );
    const key = outcome.join(" ");
    let text = texts.get(key);
    if (!text) {
      text = convertMarked(nodes, scope);
      if (texts.size >= textsLimit) texts.delete(texts.keys().next().value!);
      texts.set(key, text);
    }
    return { html, text: fill(text, values) };
  };
}

/** Literal text before each value, the number of that value, and what follows the last. */
interface TextTemplate {
  readonly literals: readonly string[];
  readonly numbers: readonly number[];
}

/** Adds a value as the text part shows it; the answer is what else of it the conversion depends on. */
function shapeOf(shown: string, values: string[]): string {
  const single = shown.replace(whiteSpace, " ");
  const text = single.replace(/^ | $/g, "");
  const first = values.indexOf(text);
  values.push(text);
  const number = first < 0 ? values.length - 1 : first;
  const before = single.startsWith(" ") ? "<" : "";
  return text === "" ? `${before}e` : `${before}${number}${single.endsWith(" ") ? ">" : ""}`;
}

function convertMarked(nodes: readonly Node[], scope: Scope): TextTemplate {
  const values: string[] = [];
  const html = renderNodes(
    nodes,
    scope,
    (field, plain) => {
      if (!field.shown) return "";
      const shape = shapeOf(field.shown(plain), values);
      const before = shape.startsWith("<") ? " " : "";
      const after = shape.endsWith(">") ? " " : "";
      const number = /\d+/.exec(shape)?.[0];
      return number === undefined ? before : `${before}${mark.before}${number}${mark.after}${after}`;
    },
    () => {},
  );
  const parts = textOf(html).split(marked);
  return {
    literals: parts.filter((_, index) => index % 2 === 0),
    numbers: parts.filter((_, index) => index % 2 === 1).map(Number),
  };
}

function fill({ literals, numbers }: TextTemplate, values: readonly string[]): string {
  let text = literals[0]!;
  numbers.forEach((number, index) => {
    text += values[number]! + literals[index + 1]!;
  });
  return text;
}
