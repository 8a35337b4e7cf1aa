import type { Place } from "./place.ts";

/** What a URL of a mail is for. `text` shows it, and mail programs make a link of it; `hint` and `other` are loaded by none. */
export type UrlUse = "link" | "text" | "image" | "media" | "stylesheet" | "font" | "hint" | "other";

/** A range of a source that holds one URL. `attribute` is `style` for a `url()` in CSS, wherever that is. */
export interface UrlSpot {
  readonly start: number;
  readonly end: number;
  readonly element: string;
  readonly attribute: string;
  readonly use: UrlUse;
}

/**
 * Finds the URLs of an HTML source: in attributes that hold one, in `srcset`, in the `url()` of style sheets and
 * style attributes, and in what it shows or describes. Tags and macros of the source must be masked by as many other characters.
 */
export function urlSpots(masked: string, places: readonly Place[]): UrlSpot[] {
  const rels = relsOfLinks(masked, places);
  return places.flatMap((place): UrlSpot[] => {
    const { kind, start, end, element, attribute } = place;
    if (kind === "link") return [{ start, end, element, attribute, use: useOf(element, attribute, rels.get(start)) }];
    if (kind === "style" || (kind === "attribute" && attribute === "style"))
      return cssUrls(masked.slice(start, end), start).map((found) => ({ ...found, element, attribute: "style" }));
    if (kind === "attribute" && attribute === "srcset")
      return candidates(masked.slice(start, end), start).map((range) => ({
        ...range,
        element,
        attribute,
        use: "image",
      }));
    return shown.has(kind) ? textUrls(masked.slice(start, end), start) : [];
  });
}

const mediaElements = new Set(["video", "audio", "source", "track", "embed", "bgsound"]);
const documentElements = new Set(["iframe", "frame", "script"]);

function useOf(element: string, attribute: string, rel = ""): UrlUse {
  if (attribute === "background" || attribute === "poster") return "image";
  if (attribute === "src") {
    if (mediaElements.has(element)) return "media";
    return documentElements.has(element) ? "other" : "image";
  }
  if (attribute !== "href" && attribute !== "xlink:href") return "other";
  if (element === "link") {
    if (/\bstylesheet\b/i.test(rel)) return "stylesheet";
    return /\b(?:preconnect|dns-prefetch|prefetch|preload)\b/i.test(rel) ? "hint" : "other";
  }
  if (element === "image") return "image";
  return element === "base" || element === "use" ? "other" : "link";
}

/** The `rel` of each `link` element, by the offset where its `href` begins. */
function relsOfLinks(masked: string, places: readonly Place[]): Map<number, string> {
  const found = new Map<number, string>();
  let [rel, hrefs]: [string, number[]] = ["", []];
  const close = () => {
    for (const href of hrefs) found.set(href, rel);
    [rel, hrefs] = ["", []];
  };
  for (const place of places) {
    if (place.kind === "tag") close();
    if (place.element !== "link") continue;
    if (place.attribute === "rel") rel = masked.slice(place.start, place.end);
    if (place.attribute === "href") hrefs.push(place.start);
  }
  close();
  return found;
}

/** Also the data that JSON-LD gives mail programs for actions. */
const shown = new Set<Place["kind"]>(["text", "title", "script", "attribute"]);

function textUrls(text: string, offset: number): UrlSpot[] {
  return [...text.matchAll(/(?:https?:\/\/|www\.)[^\s"'<>]+/gi)].map(({ index, 0: url }) => {
    const start = offset + index;
    return { start, end: start + url.length, element: "", attribute: "", use: "text" };
  });
}

/** The URLs of a `srcset`, as HTML splits it into candidates. */
function candidates(srcset: string, offset: number): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  const candidate = /[\s,]*([^\s]+)/y;
  for (let match = candidate.exec(srcset); match; match = candidate.exec(srcset)) {
    const url = match[1]!.replace(/,+$/, "");
    const start = offset + candidate.lastIndex - match[1]!.length;
    found.push({ start, end: start + url.length });
    // A comma at its end closes the candidate, or else the next one behind its width or density does.
    if (url.length === match[1]!.length)
      candidate.lastIndex = srcset.indexOf(",", candidate.lastIndex) + 1 || srcset.length;
  }
  return found;
}

const cssOpening = /url\(\s*(["']|&(?:quot|apos|#0*3[49]|#x0*2[27]);)?/gi;
const cssComment = /\/\*[\s\S]*?(?:\*\/|$)/g;
/** `behavior` and `-moz-binding` name programs of old browsers; templates carry `behavior:url(#default#VML)`. */
const programProperty = /(?:behavior|-moz-binding)\s*:[^;{}]*$/i;

function cssUrls(css: string, offset: number): Pick<UrlSpot, "start" | "end" | "use">[] {
  const plain = css.replace(cssComment, (comment) => " ".repeat(comment.length));
  const found: Pick<UrlSpot, "start" | "end" | "use">[] = [];
  cssOpening.lastIndex = 0;
  for (let opening = cssOpening.exec(plain); opening; opening = cssOpening.exec(plain)) {
    const start = cssOpening.lastIndex;
    const close = plain.indexOf(opening[1] ?? ")", start);
    if (close < 0) {
      if (opening[1] === undefined) break; // nor is any later one closed
      continue;
    }
    const use = useInCss(plain.slice(Math.max(0, opening.index - 2000), opening.index));
    if (use) found.push({ start: offset + start, end: offset + close, use });
    cssOpening.lastIndex = close;
  }
  return found;
}

/** What a URL is for, by the CSS before it; undefined if it is none that a mail program loads. */
function useInCss(before: string): UrlUse | undefined {
  if (programProperty.test(before) || /@namespace\b[^;{}]*$/i.test(before)) return undefined;
  if (/@font-face\s*\{[^}]*$/i.test(before)) return "font";
  return /@import\b[^;{}]*$/i.test(before) ? "stylesheet" : "image";
}
