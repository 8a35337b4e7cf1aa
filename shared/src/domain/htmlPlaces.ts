import { QuoteType, Tokenizer } from "htmlparser2";

/** What surrounds an offset of a source, as far as it decides which macros count and how values are escaped. */
export interface Place {
  readonly kind:
    | "plain" // a subject: no HTML at all
    | "text"
    | "title" // text in which markup does not count: title, textarea
    | "style"
    | "script"
    | "attribute"
    | "link" // an attribute that holds a URL
    | "comment"
    | "tag"; // inside a tag, but not inside an attribute's value
  readonly start: number;
  readonly end: number;
  readonly element: string;
  readonly attribute: string;
  readonly quoted: boolean;
  /** Inside one of Outlook's conditional comments, whose content is HTML to Outlook. */
  readonly conditional: boolean;
  /** Inside an `a` element. */
  readonly inLink: boolean;
}

export interface Tag {
  readonly name: string;
  readonly closing: boolean;
  readonly start: number;
  readonly end: number;
}

export interface HtmlPlaces {
  /** All places, by start; an attribute's value follows the tag it stands in. */
  readonly places: readonly Place[];
  readonly tags: readonly Tag[];
}

const urlAttributes = new Set([
  "href",
  "src",
  "action",
  "background",
  "formaction",
  "poster",
  "cite",
  "data",
  "longdesc",
  "xlink:href",
]);
const rawElements: Record<string, Place["kind"]> = {
  style: "style",
  script: "script",
  title: "title",
  textarea: "title",
  iframe: "script",
  xmp: "script",
  noembed: "script",
  noframes: "script",
  plaintext: "script",
};
const conditionalComment = /^\s*\[if\b[^\]]*\]>/i;

/**
 * Reads where tags, attributes, comments and texts of an HTML source stand. Works as browsers tokenise; what the tags
 * nest into does not matter here. Outlook's conditional comments are read as HTML, too.
 */
export function readPlaces(source: string): HtmlPlaces {
  const found = { places: [] as Place[], tags: [] as Tag[] };
  readRange(source, 0, source.length, false, found);
  found.places.sort((one, other) => one.start - other.start || other.end - one.end);
  return found;
}

/** The innermost place that holds the offset. */
export function placeAt(places: readonly Place[], offset: number): Place {
  let low = 0;
  let high = places.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (places[middle]!.start <= offset) low = middle;
    else high = middle - 1;
  }
  while (low > 0 && places[low]!.end <= offset) low -= 1;
  return places[low]!;
}

/** The place of a subject or another text that is not HTML. */
export function plainPlace(source: string): Place {
  return { ...nowhere, kind: "plain", end: source.length };
}

const nowhere = {
  start: 0,
  end: 0,
  element: "",
  attribute: "",
  quoted: false,
  conditional: false,
  inLink: false,
} as const;

function readRange(
  source: string,
  from: number,
  to: number,
  conditional: boolean,
  found: { places: Place[]; tags: Tag[] },
) {
  const range = source.slice(from, to);
  let textStart = 0;
  let element = "";
  let tagStart = 0;
  let attribute = "";
  let value: [start: number, end: number] | undefined;
  let linkDepth = 0;

  const add = (kind: Place["kind"], start: number, end: number, more: Partial<Place> = {}) => {
    const inLink = linkDepth > 0;
    found.places.push({
      ...nowhere,
      kind,
      start: from + start,
      end: from + end,
      element,
      conditional,
      inLink,
      ...more,
    });
  };
  /** Everything since the last mark was text (or what a style, script or title holds). */
  const mark = (start: number, end: number, rawElement = "") => {
    if (start > textStart) add(rawElements[rawElement] ?? "text", textStart, start);
    textStart = end;
  };
  const markup = (kind: "comment" | "tag", start: number, end: number) => {
    mark(start, end);
    add(kind, start, end);
  };
  const openTag = (lastIndex: number) => {
    markup("tag", tagStart, lastIndex + 1);
    if (element === "a") linkDepth += 1;
    found.tags.push({ name: element, closing: false, start: from + tagStart, end: from + lastIndex + 1 });
  };
  const afterClose = (position: number) => {
    const close = range.indexOf(">", position);
    return close < 0 ? range.length : close + 1;
  };

  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      onopentagname(start, end) {
        element = range.slice(start, end).toLowerCase();
        tagStart = start - 1;
      },
      onattribname(start, end) {
        attribute = range.slice(start, end).toLowerCase();
        value = undefined;
      },
      onattribdata(start, end) {
        value = [value?.[0] ?? start, end];
      },
      onattribend(quote, end) {
        const quoted = quote === QuoteType.Double || quote === QuoteType.Single;
        const [start, stop] = value ?? (quoted ? [end - 1, end - 1] : [end, end]);
        add(urlAttributes.has(attribute) ? "link" : "attribute", start, stop, { attribute, quoted });
      },
      onopentagend: openTag,
      onselfclosingtag: openTag,
      onclosetag(start, end) {
        const name = range.slice(start, end).toLowerCase();
        const stop = afterClose(end);
        mark(start - 2, start - 2, element === name ? name : "");
        if (name === "a") linkDepth = Math.max(0, linkDepth - 1);
        element = name;
        markup("tag", start - 2, stop);
        found.tags.push({ name, closing: true, start: from + start - 2, end: from + stop });
        element = "";
      },
      oncomment(start, end, endOffset) {
        const content = range.slice(start, end - endOffset);
        markup("comment", range.lastIndexOf("<", start - 1), afterClose(end));
        const opening = conditionalComment.exec(content);
        const closing = content.toLowerCase().lastIndexOf("<![endif]");
        if (opening && closing >= opening[0].length) {
          readRange(source, from + start + opening[0].length, from + start + closing, true, found);
        }
      },
      ondeclaration: (start, end) => markup("tag", range.lastIndexOf("<", start), afterClose(end)),
      onprocessinginstruction: (start, end) => markup("tag", range.lastIndexOf("<", start), afterClose(end)),
      oncdata: (start, end) => markup("comment", range.lastIndexOf("<", start), afterClose(end)),
      onend() {
        mark(range.length, range.length, rawElements[element] ? element : "");
      },
      ontext() {},
      ontextentity() {},
      onattribentity() {},
    },
  );
  tokenizer.write(range);
  tokenizer.end();
}
