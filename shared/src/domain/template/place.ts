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

/** A tag of an HTML source, from `<` to behind `>`. */
export interface Tag {
  readonly name: string;
  readonly closing: boolean;
  readonly start: number;
  readonly end: number;
}

export interface HtmlPlaces {
  /** All places, by start; an attribute's value follows its tag. They leave no gap. */
  readonly places: readonly Place[];
  readonly tags: readonly Tag[];
}

/** A place without particulars. */
export const bare: Omit<Place, "kind" | "start" | "end"> = {
  element: "",
  attribute: "",
  quoted: false,
  conditional: false,
  inLink: false,
};

/** The place of a subject or another text that is not HTML. */
export function plainPlace(source: string): Place {
  return { ...bare, kind: "plain", start: 0, end: source.length };
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
