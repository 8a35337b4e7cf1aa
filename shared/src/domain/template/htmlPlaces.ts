import { QuoteType, Tokenizer } from "htmlparser2";
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

function readRange(range: string, offset: number, conditional: boolean): { places: Place[]; tags: HtmlPlaces["tags"] } {
  const recorder = placeRecorder(offset, conditional);
  const inner: HtmlPlaces[] = [];
  const behind = (position: number) => range.indexOf(">", position) + 1 || range.length;
  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      ...tagCallbacks(range, recorder, behind),
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
      onend: () => recorder.end(range.length),
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

function tagCallbacks(range: string, recorder: PlaceRecorder, behind: (position: number) => number) {
  let element = "";
  let elementStart = 0;
  let attribute = "";
  let value: [start: number, end: number] | undefined;
  const openTag = (lastIndex: number) => recorder.openTag(element, elementStart, lastIndex + 1);
  return {
    onopentagname(start: number, end: number) {
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
    onopentagend: openTag,
    onselfclosingtag: openTag,
    onclosetag: (start: number, end: number) =>
      recorder.closeTag(range.slice(start, end).toLowerCase(), start - 2, behind(end)),
  };
}
