import {
  escapeCss,
  escapeHtml,
  escapeScript,
  oneLine,
  percentEncode,
  percentEncodeAddress,
  printable,
} from "./escaping.ts";
import type { Place } from "./place.ts";
import type { FieldNode, Value } from "./templateNodes.ts";

/** How a value is written at a place; `isMailto` if the place is a link that begins with `mailto:`. A text says why not. */
export function fieldAt(place: Place, value: Value, isMailto: boolean): FieldNode | { problem: string } {
  const impossible = whyNot(place, value);
  if (impossible) return { problem: `${value.notation} ${impossible}` };
  if (place.kind === "link") return inLink(place, value, isMailto);
  const isStyle = place.kind === "attribute" && place.attribute === "style";
  const write = place.kind === "text" ? textWriter(place, value) : isStyle ? escapeCss : writers[place.kind]!;
  const isShown = place.kind === "text" ? !place.conditional : place.attribute === "alt" && !place.conditional;
  return { is: "field", value, write, ...(isShown ? { shown: printable } : {}) };
}

/** Attributes whose value a browser reads as a script or as a document of its own: no escaping is right in all of it. */
const isActive = ({ attribute }: Place) => attribute.startsWith("on") || attribute === "srcdoc";

const writers: Partial<Record<Place["kind"], (plain: string) => string>> = {
  plain: oneLine,
  title: escapeHtml,
  style: escapeCss,
  script: escapeScript,
  attribute: escapeHtml,
  comment: escapeHtml,
};

function whyNot(place: Place, value: Value): string | undefined {
  if (place.kind === "tag") return "is inside a tag, outside a quoted attribute.";
  if (place.kind === "plain" && (value.kind === "html" || value.kind === "address")) {
    return "is HTML and cannot be used in a subject or preview text.";
  }
  if ((place.kind === "attribute" || place.kind === "link") && !place.quoted) {
    return `is in the attribute ${place.attribute}, which has no quotes: put its value in quotes.`;
  }
  if (place.kind === "attribute" && isActive(place)) return `cannot be used in the attribute ${place.attribute}.`;
  if (value.kind === "html" && place.kind !== "text") return "is HTML and can only be used in text.";
  return undefined;
}

function textWriter(place: Place, value: Value): (plain: string) => string {
  if (value.kind === "html") return printable;
  if (value.kind !== "address" || place.inLink) return escapeHtml;
  return (plain) => `<a href="mailto:${percentEncodeAddress(plain)}">${escapeHtml(plain)}</a>`;
}

function inLink(place: Place, value: Value, isMailto: boolean): FieldNode {
  const shown = place.attribute === "href" && !place.conditional;
  if (value.kind === "url" || value.kind === "encoded") {
    return { is: "field", value, write: escapeHtml, ...(shown ? { shown: printable } : {}) };
  }
  const write = value.kind === "address" || isMailto ? percentEncodeAddress : percentEncode;
  return { is: "field", value, write, ...(shown ? { shown: write } : {}) };
}
