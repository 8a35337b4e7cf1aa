import { compile, type FormatCallback } from "html-to-text";
import type { Node, Scope } from "./templateNodes.ts";
import { renderNodes } from "./templateRender.ts";
import { visibleHtml } from "./visibleHtml.ts";

const block = { leadingLineBreaks: 1, trailingLineBreaks: 1 };
const heading = { leadingLineBreaks: 2, trailingLineBreaks: 2, uppercase: false };

/** Blocks as browsers lay them out, which html-to-text would run into one line. Cells are blocks, too: tables of mails are layout. */
const blocks =
  "table,caption,thead,tbody,tfoot,tr,td,th,center,address,dl,dt,dd,dir,menu,li,figure,figcaption,fieldset,legend,details,summary,dialog,hgroup,search,option,optgroup,button,noscript,body,html,head".split(
    ",",
  );
/** Elements in a line that their own style makes a block of, as templates do with lines of a button or an address. */
const styledBlocks = ["span", "font", "strong", "b", "em", "i", "small", "label"].flatMap((name) =>
  ["display:block", "display: block"].map((style) => `${name}[style*="${style}" i]`),
);
/** Elements of which browsers show no content. */
const unseen = "title,style,script,textarea,template,iframe,noembed,noframes,datalist,rp".split(",");

/** Markers before the first word of a link and after its URL: where two meet, two links meet. */
const linkMark = { before: "\ufdd2", after: "\ufdd3" };

/** Text, then the address in brackets; the address alone if there is no text. */
const formatLink: FormatCallback = (element, walk, builder) => {
  const address = shownAddress(element.attribs?.href?.trim() ?? "");
  if (address === "") {
    walk(element.children, builder);
    return;
  }
  let hasText = false;
  builder.pushWordTransform((word: string) => {
    const marked = hasText ? word : linkMark.before + word;
    hasText = true;
    return marked;
  });
  walk(element.children, builder);
  builder.popWordTransform();
  const shown = hasText ? ` (${address})${linkMark.after}` : ` ${address} `;
  builder.addInline(shown, { noWordTransform: true });
};

/** A place in the mail leads nowhere in a text; of a mailto link that holds nothing else the mail address is enough. */
function shownAddress(href: string): string {
  if (href.startsWith("#")) return "";
  const address = /^mailto:([^?]+)$/i.exec(href)?.[1];
  return address ?? href;
}

const convert = compile({
  wordwrap: false,
  // The whole document: browsers also show what is outside the body.
  baseElements: { selectors: ["no-such-element"], returnDomByDefault: true },
  // Converting goes down with the elements: twice as deep as content may be (contentLimits.ts).
  limits: { maxDepth: 1000 },
  formatters: {
    alternative: (element, _walk, builder) => {
      const { alt } = element.attribs ?? {};
      if (alt) builder.addInline(` ${alt} `, {});
    },
    link: formatLink,
  },
  selectors: [
    { selector: "a", format: "link" },
    { selector: "img", format: "alternative" },
    ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: heading })),
    ...blocks.map((selector) => ({ selector, format: "block", options: block })),
    ...styledBlocks.map((selector) => ({ selector, format: "block", options: block })),
    ...unseen.map((selector) => ({ selector, format: "skip" })),
  ],
});

/** The plain text of an HTML mail: links as `text (URL)`, hidden elements such as the preview line left out. */
export function textOf(html: string): string {
  return withoutLinkMarks(convert(visibleHtml(html)).trim());
}

/** A link whose text is its address shows it once, two links side by side have a blank between them. */
function withoutLinkMarks(text: string): string {
  return text
    .replaceAll(linkMark.after + linkMark.before, `${linkMark.after} ${linkMark.before}`)
    .replace(/\ufdd2([^\ufdd2\ufdd3]+) \(\1\)\ufdd3/g, "$1")
    .replace(/[\ufdd2\ufdd3]/g, "");
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
    return { html, text: withoutLinkMarks(fill(text, values)) };
  };
}

/** Literal text before each value, the number of that value, and what follows the last. */
interface TextTemplate {
  readonly literals: readonly string[];
  readonly numbers: readonly number[];
}

/** Adds a value as the text part shows it; returns what else of it the conversion depends on. */
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
  const parts = convert(visibleHtml(html)).trim().split(marked);
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
