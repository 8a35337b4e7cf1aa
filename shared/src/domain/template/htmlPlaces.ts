import { QuoteType, Tokenizer } from "htmlparser2";
import { foreignContent } from "./foreignContent.ts";
import type { HtmlPlaces, Place } from "./place.ts";
import { type PlaceRecorder, placeRecorder } from "./placeRecorder.ts";

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
const conditionalComment = /^\s*\[if\b[^\]]*\]>/i;

/**
 * Finds the tags, attributes, comments and texts of an HTML source. Works as browsers tokenise; what the tags
 * nest into does not matter here. Outlook's conditional comments are read as HTML, too.
 */
export function readPlaces(source: string): HtmlPlaces {
  const { places, tags } = readRange(source, 0, false);
  return { places: places.toSorted((one, other) => one.start - other.start || other.end - one.end), tags };
}

/** Where a tag begins in whose name a source ends, or -1: no tokeniser says so. A `<` within a name belongs to it. */
function unfinishedTag(range: string): number {
  let start = range.length;
  while (start > 0 && !/[\s>]/.test(range[start - 1] as string)) start -= 1;
  const at = range.slice(start).search(/<\/?[a-z]/i);
  return at < 0 ? -1 : start + at;
}

function readRange(range: string, offset: number, conditional: boolean): { places: Place[]; tags: HtmlPlaces["tags"] } {
  const recorder = placeRecorder(offset, conditional);
  const inner: HtmlPlaces[] = [];
  const behind = (position: number) => range.indexOf(">", position) + 1 || range.length;
  const { openSince, ...tagCallbacks } = tagReader(range, recorder, behind);
  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      ...tagCallbacks,
      oncomment(start, end, endOffset) {
        recorder.markup("comment", range.lastIndexOf("<", start - 1), behind(end));
        const content = range.slice(start, end - endOffset);
        const opening = conditionalComment.exec(content)?.[0].length;
        const closing = content.toLowerCase().lastIndexOf("<![endif]");
        if (!conditional && opening !== undefined && closing >= opening) {
          inner.push(readRange(content.slice(opening, closing), offset + start + opening, true));
        }
      },
      ondeclaration: (start, end) => recorder.markup("tag", range.lastIndexOf("<", start), behind(end)),
      onprocessinginstruction: (start, end) => recorder.markup("tag", range.lastIndexOf("<", start), behind(end)),
      oncdata: (start, end) => recorder.markup("comment", range.lastIndexOf("<", start), behind(end)),
      onend() {
        const start = openSince();
        if (start !== undefined) recorder.markup("tag", start, range.length);
        recorder.end(range.length, unfinishedTag(range));
      },
      ontext() {},
      ontextentity() {},
      onattribentity() {},
    },
  );
  tokenizer.write(range);
  tokenizer.end();
  return {
    places: [recorder, ...inner].flatMap((read) => read.places),
    tags: [recorder, ...inner].flatMap((read) => read.tags).sort((one, other) => one.start - other.start),
  };
}

function tagReader(range: string, recorder: PlaceRecorder, behind: (position: number) => number) {
  const foreign = foreignContent();
  let element = "";
  let elementStart = 0;
  let isOpen = false;
  let attribute = "";
  let value: [start: number, end: number] | undefined;
  const openTag = (lastIndex: number) => {
    isOpen = false;
    recorder.openTag(element, elementStart, lastIndex + 1);
  };
  return {
    /** Where a tag begins whose end was not seen yet. */
    openSince: () => (isOpen ? elementStart : undefined),
    isInForeignContext: foreign.isHere,
    onopentagname(start: number, end: number) {
      isOpen = true;
      element = range.slice(start, end).toLowerCase();
      elementStart = start - 1;
    },
    onattribname(start: number, end: number) {
      attribute = range.slice(start, end).toLowerCase();
      value = undefined;
    },
    onattribdata(start: number, end: number) {
      value = [value?.[0] ?? start, end];
    },
    onattribend(quote: QuoteType, end: number) {
      const quoted = quote === QuoteType.Double || quote === QuoteType.Single;
      const [start, stop] = value ?? (quoted ? [end - 1, end - 1] : [end, end]);
      recorder.attribute(urlAttributes.has(attribute) ? "link" : "attribute", start, stop, {
        element,
        attribute,
        quoted,
      });
    },
    onopentagend(lastIndex: number) {
      openTag(lastIndex);
      foreign.open(element);
    },
    // In HTML the slash means nothing, and there only SVG and MathML, which it ends, are of interest.
    onselfclosingtag: openTag,
    onclosetag(start: number, end: number) {
      const name = range.slice(start, end).toLowerCase();
      recorder.closeTag(name, start - 2, behind(end));
      foreign.close(name);
    },
  };
}
