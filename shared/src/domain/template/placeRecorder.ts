import { bare, type HtmlPlaces, type Place, type Tag } from "./place.ts";

/** Elements whose content is not read as HTML. */
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

type AttributeOf = Pick<Place, "element" | "attribute" | "quoted">;

/** Offsets count from the beginning of the range that is read; whatever lies between two marks is text. */
export interface PlaceRecorder extends HtmlPlaces {
  attribute(kind: "attribute" | "link", start: number, end: number, of: AttributeOf): void;
  /** `start` is that of the `<`. */
  openTag(name: string, start: number, end: number): void;
  closeTag(name: string, start: number, end: number): void;
  /** A comment, or other markup that is no tag of an element. */
  markup(kind: "comment" | "tag", start: number, end: number): void;
  /** `unfinished`: where a tag begins in whose name the source ends, or -1. Where elements count, it is no text. */
  end(length: number, unfinished: number): void;
}

/** Collects places while a range of a source is tokenised. `offset` is where the range begins in the source. */
export function placeRecorder(offset: number, conditional: boolean): PlaceRecorder {
  const places: Place[] = [];
  const tags: Tag[] = [];
  let textStart = 0;
  let rawElement = "";
  let linkDepth = 0;

  const add = (kind: Place["kind"], start: number, end: number, more: Partial<Place> = {}) => {
    const inLink = linkDepth > 0;
    places.push({ ...bare, kind, start: offset + start, end: offset + end, conditional, inLink, ...more });
  };
  const textUntil = (start: number, end: number) => {
    if (start > textStart) add(rawElements[rawElement] ?? "text", textStart, start, { element: rawElement });
    textStart = end;
  };
  const addTag = (name: string, closing: boolean, start: number, end: number) => {
    textUntil(start, end);
    add("tag", start, end, { element: name });
    tags.push({ name, closing, start: offset + start, end: offset + end });
  };

  return {
    places,
    tags,
    attribute: (kind, start, end, of) => add(kind, start, end, of),
    openTag(name, start, end) {
      addTag(name, false, start, end);
      rawElement = Object.hasOwn(rawElements, name) ? name : "";
      if (name === "a") linkDepth += 1;
    },
    closeTag(name, start, end) {
      addTag(name, true, start, end);
      rawElement = "";
      if (name === "a") linkDepth = Math.max(0, linkDepth - 1);
    },
    markup(kind, start, end) {
      textUntil(start, end);
      add(kind, start, end);
    },
    end(length, unfinished) {
      if (unfinished >= textStart && rawElement === "") this.markup("tag", unfinished, length);
      else textUntil(length, length);
    },
  };
}
