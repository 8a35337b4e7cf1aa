import type { Place } from "./place.ts";
import type { Problem } from "./sourceText.ts";

interface Rule {
  /** What an element must be to be one of these, with the values of its attributes. */
  readonly applies: (element: string, attributes: ReadonlyMap<string, string>) => boolean;
  readonly severity: "error" | "warning";
  readonly text: (element: string) => string;
}

const dropped = (what: string, consequence: string) => `${what} in a mail: ${consequence}`;
/** JSON-LD is data for the mail program, not a script (https://developers.google.com/gmail/markup). */
const isData = (type: string | undefined) => type?.trim().toLowerCase() === "application/ld+json";
const isOneOf =
  (...names: string[]) =>
  (element: string) =>
    names.includes(element);

/** What mail programs remove, block or take for an attack, though browsers carry it out. */
const rules: readonly Rule[] = [
  {
    applies: isOneOf("base"),
    severity: "error",
    text: () => "base changes where every link of the mail leads: take it out and write links in full.",
  },
  {
    applies: (element, attributes) => element === "script" && !isData(attributes.get("type")),
    severity: "warning",
    text: () => dropped("script", "no mail program runs it, and many filters refuse the mail for it."),
  },
  {
    applies: isOneOf("iframe", "frame", "frameset"),
    severity: "warning",
    text: (element) => dropped(element, "mail programs show nothing in its place. Link to the page instead."),
  },
  {
    applies: isOneOf("form"),
    severity: "warning",
    text: () => dropped("form", "most mail programs do not submit it, or warn of it. Link to a page with the form."),
  },
  {
    applies: isOneOf("object", "embed", "applet"),
    severity: "warning",
    text: (element) => dropped(element, "mail programs remove it. Show a picture that links to the content."),
  },
  {
    applies: (element, attributes) =>
      element === "meta" && attributes.get("http-equiv")?.trim().toLowerCase() === "refresh",
    severity: "warning",
    text: () => dropped("meta refresh", "no mail program follows it, and filters take it for a trap."),
  },
  {
    applies: (element, attributes) =>
      element === "link" && /(?:^|\s)stylesheet(?:\s|$)/i.test(attributes.get("rel") ?? "") && attributes.has("href"),
    severity: "warning",
    text: () =>
      dropped("A remote style sheet", "most mail programs do not load it. Put its rules into a style element."),
  },
  {
    applies: (_element, attributes) => attributes.keys().some((name) => /^on[a-z]{3,}$/.test(name)),
    severity: "warning",
    text: () => dropped("An on… attribute", "it is a script, which no mail program runs and many filters refuse."),
  },
];

/** One finding (rule Q12) for each kind of active markup, at its first place. Outlook's own comments do not count. */
export function findActiveMarkup(source: string, places: readonly Place[]): Problem[] {
  const found = new Map<string, { problem: Problem; number: number }>();
  const add = (offset: number, severity: Rule["severity"], text: string) => {
    const before = found.get(text);
    if (before) before.number += 1;
    else found.set(text, { problem: { rule: "Q12", severity, offset, text }, number: 1 });
  };
  for (const { element, start, attributes } of openedElements(source, places)) {
    for (const { applies, severity, text } of rules)
      if (applies(element, attributes)) add(start, severity, text(element));
  }
  for (const place of places.filter(({ kind, conditional }) => kind === "style" && !conditional)) {
    const at = source.slice(place.start, place.end).search(/@import\b/i);
    if (at >= 0) add(place.start + at, "warning", importText);
  }
  return [...found.values()].map(({ problem, number }) =>
    number === 1 ? problem : { ...problem, text: `${problem.text} (${number} times)` },
  );
}

const importText = dropped(
  "@import",
  "most mail programs do not load the style sheet. Put its rules into a style element.",
);

interface OpenedElement {
  readonly element: string;
  readonly start: number;
  readonly end: number;
  readonly attributes: Map<string, string>;
}

/** Elements with their attributes, the first of a name as browsers take it; a tag that nothing closes opens none. */
function openedElements(source: string, places: readonly Place[]): OpenedElement[] {
  const opened: OpenedElement[] = [];
  for (const { kind, start, end, element, attribute, conditional } of places) {
    if (conditional) continue;
    const last = opened.at(-1);
    if (kind === "tag" && element !== "" && source[start + 1] !== "/")
      opened.push({ element, start, end, attributes: new Map() });
    else if ((kind === "attribute" || kind === "link") && last && start < last.end && !last.attributes.has(attribute))
      last.attributes.set(attribute, source.slice(start, end));
  }
  return opened;
}
