import { conditionTag, isConditionTag } from "./conditions.ts";
import { directiveOnlyElements, type Range } from "./directiveElements.ts";
import { blankOut, type Directive, scanDirectives } from "./directives.ts";
import { fieldAt } from "./fieldWriting.ts";
import { findHashMacros, otherDirective } from "./hashMacros.ts";
import { bracketedMacro, hashMacro } from "./houseMacros.ts";
import { type HtmlPlaces, type Place, placeAt, plainPlace, readPlaces } from "./htmlPlaces.ts";
import { mergeTagValue } from "./mergeTags.ts";
import { selectedRetreats } from "./offering.ts";
import { openPrompt } from "./prompts.ts";
import { findPlaceholderIds } from "./registrationLinks.ts";
import { RenderError } from "./renderError.ts";
import { excerpt, type Problem, positionAt } from "./sourceText.ts";
import { nestPieces, type Piece } from "./templateBlocks.ts";
import { findLinks, gluedLinks, type TemplateLink } from "./templateLinks.ts";
import type { Node, Scope } from "./templateNodes.ts";
import type { Meaning, Parsing } from "./vocabulary.ts";

/** A source read completely: what it renders to, and everything the content checks ask about. */
export interface ParsedTemplate {
  readonly nodes: readonly Node[];
  /** All faults found; with any of them the nodes must not be rendered. */
  readonly problems: readonly Problem[];
  readonly links: readonly TemplateLink[];
  /** Every tag and macro outside of prompts, as `FNAME`, `name`, `#reglink`, and where it stands. */
  readonly used: readonly { readonly name: string; readonly place: Place; readonly isCondition: boolean }[];
}

type Insertion = Pick<ParsedTemplate, "nodes" | "problems" | "links">;

/**
 * Parses a source in both notations, prompts it inserts included. Values are read at rendering and never parsed. Pure;
 * never throws for what the source holds.
 */
export function parseTemplate(given: string, parsing: Parsing): ParsedTemplate {
  const source = given.replace(/[\ufdd0-\ufdef]/g, "\ufffd"); // the text part marks its fields with these noncharacters
  const { directives, places, tags, problems } = findDirectives(source, parsing);
  const isInText = (directive: Directive) => placeAt(places, directive.start).kind === "text";
  const conditions = directives.filter(isCondition);
  const cuts = parsing.part === "html" ? directiveOnlyElements(source, tags, conditions.filter(isInText)) : [];
  const insertions: Insertion[] = [];
  const pieces: Piece[] = [];
  for (const directive of directives) {
    if (isWithin(directive, cuts) && !isInText(directive)) continue;
    const place = placeAt(places, directive.start);
    const piece = {
      start: directive.start,
      end: directive.end,
      place,
      source: excerpt(source.slice(directive.start, directive.end)),
    };
    const meaning = meaningOf(directive, parsing);
    if (isPartOfCondition(meaning)) {
      pieces.push({ ...piece, content: { ...meaning, notation: directive.notation === "tag" ? "tag" : "hash" } });
    } else {
      const isMailto = place.kind === "link" && /^\s*mailto:/i.test(source.slice(place.start, directive.start));
      const insertion = insert(meaning, piece, parsing, isMailto);
      insertions.push(insertion);
      pieces.push({ ...piece, content: { is: "nodes", nodes: insertion.nodes } });
    }
  }
  const nested = nestPieces(pieces, { start: 0, end: source.length }, (start, end) =>
    without(source, start, end, cuts),
  );
  const links = findLinks(source, places, pieces);
  return {
    nodes: nested.nodes,
    problems: [...problems, ...insertions.flatMap((made) => made.problems), ...nested.problems, ...gluedLinks(links)],
    links: [...links, ...insertions.flatMap((made) => made.links)],
    used: directives.map((directive) => ({
      name: usedName(directive),
      place: placeAt(places, directive.start),
      isCondition: isCondition(directive),
    })),
  };
}

function findDirectives(source: string, { settings, part }: Parsing) {
  const scan = scanDirectives(source);
  // Conditions leave nothing behind, values leave text: so masked, the source has the structure of what it renders to.
  const masked = blankOut(source, scan.directives, (directive) => (isCondition(directive) ? " " : "x"));
  const html: HtmlPlaces = part === "html" ? readPlaces(masked) : { places: [plainPlace(source)], tags: [] };
  // Pipes and stars in a style sheet or script that form no tag are its own.
  const isForeign = (offset: number) => ["style", "script"].includes(placeAt(html.places, offset).kind);
  const bracketed = scan.directives.filter(
    (found) => found.notation === "tag" || /^[a-z-]+$/.test(found.body) || !isForeign(found.start),
  );
  const blanked = blankOut(source, bracketed, () => otherDirective);
  const hash = findHashMacros(blanked, html.places, settings.settings.allowedHashtags);
  const ids = part === "html" ? findPlaceholderIds(masked, html.places, settings.settings) : [];
  const directives = [...bracketed, ...hash.directives, ...ids].sort((one, other) => one.start - other.start);
  const unclosed = [...scan.problems, ...strayClosings(blanked)].filter((found) => !isForeign(found.offset));
  return { ...html, directives, problems: [...unclosed, ...hash.problems] };
}

function strayClosings(blanked: string): Problem[] {
  return [...blanked.matchAll(/\|\*/g)].map(({ index }) => ({
    rule: "Q1",
    offset: index,
    text: '"|*" closes no tag: *| is missing.',
  }));
}

function meaningOf({ notation, body }: Directive, parsing: Parsing): Meaning {
  if (notation === "house") return bracketedMacro(body, parsing.settings);
  if (notation === "hash") return hashMacro(body, parsing.settings);
  const condition = conditionTag(body, parsing);
  if (condition) return condition;
  const value = mergeTagValue(body, parsing);
  return "is" in value ? value : { is: "value", value };
}

function isPartOfCondition(
  meaning: Meaning,
): meaning is Extract<Meaning, { is: "open" | "else-if" | "else" | "close" }> {
  return ["open", "else-if", "else", "close"].includes(meaning.is);
}

function insert(
  meaning: Exclude<Meaning, { is: "open" | "else-if" | "else" | "close" }>,
  piece: Omit<Piece, "content">,
  parsing: Parsing,
  isMailto: boolean,
): Insertion {
  const failed = (text: string): Insertion => ({
    nodes: [],
    links: [],
    problems: [{ rule: "Q1", offset: piece.start, text }],
  });
  if (meaning.is === "problem") return failed(meaning.text);
  if (meaning.is === "value") {
    const field = fieldAt(piece.place, meaning.value, isMailto);
    return "problem" in field ? failed(field.problem) : { nodes: [field], links: [], problems: [] };
  }
  if (piece.place.kind !== "text") return failed(`${piece.source} is HTML and can only stand in the text of the mail.`);
  if (meaning.is === "prompt") return insertPrompt(meaning.key, piece, parsing, meaning.subEvent);
  return insertRetreats(piece, parsing);
}

function insertPrompt(
  key: string,
  { start, source }: Omit<Piece, "content">,
  parsing: Parsing,
  fill?: string,
): Insertion {
  const opened = openPrompt(key, parsing, fill);
  if ("problem" in opened) {
    return { nodes: [], links: [], problems: [{ rule: "Q1", offset: start, text: `${source}: ${opened.problem}` }] };
  }
  const { name, text, chain } = opened;
  const parsed = parseTemplate(text, { ...parsing, chain });
  return {
    nodes: parsed.nodes,
    links: parsed.links.map((link) => ({ ...link, offset: start, prompt: link.prompt ?? name })),
    problems: parsed.problems.map((problem) => {
      const { line, column } = positionAt(text, problem.offset);
      return { ...problem, offset: start, text: `In prompt ${name}, line ${line}, column ${column}: ${problem.text}` };
    }),
  };
}

function insertRetreats(piece: Omit<Piece, "content">, parsing: Parsing): Insertion {
  const { event } = parsing.settings;
  const prompts = new Map<string, readonly Node[]>();
  const insertions = Object.entries(event.config.whichRetreatsConfig ?? {}).map(([key, { prompt }]) => {
    const made: Insertion = prompt
      ? insertPrompt(prompt, { ...piece, source: `${piece.source}, retreat "${key}"` }, parsing)
      : {
          nodes: [],
          links: [],
          problems: [
            {
              rule: "Q1",
              offset: piece.start,
              text: `${piece.source}: retreat "${key}" of event ${event.aid} names no prompt.`,
            },
          ],
        };
    prompts.set(key, made.nodes);
    return made;
  });
  const selected = (scope: Scope) => {
    const keys = selectedRetreats(scope.recipient.participant, event);
    if (keys.length === 0)
      throw new RenderError(`${piece.source}: no retreat is selected; put it inside #if retreats <prefix>.`);
    const unknown = keys.find((key) => !prompts.has(key));
    if (unknown !== undefined) {
      throw new RenderError(
        `${piece.source}: retreat "${unknown}" was selected but has no row in config.whichRetreatsConfig of event ${event.aid}.`,
      );
    }
    return keys;
  };
  return {
    nodes: [{ is: "retreats", prompts, selected }],
    links: insertions.flatMap((made) => made.links),
    problems: insertions.flatMap((made) => made.problems),
  };
}

function isCondition({ notation, body }: Directive): boolean {
  return notation === "tag" ? isConditionTag(body) : notation === "hash" && /^(?:if|else|endif)\b/.test(body);
}

function usedName({ notation, body }: Directive): string {
  if (notation === "hash") return `#${body.split(" ")[0]}`;
  return notation === "tag" ? body.replace(/^(?:(?:UPPER|LOWER|TITLE|URL):)+/, "") : body;
}

function isWithin(range: Range, outer: readonly Range[]): boolean {
  return outer.some((cut) => cut.start <= range.start && range.end <= cut.end);
}

function without(source: string, start: number, end: number, cuts: readonly Range[]): string {
  let text = "";
  let position = start;
  for (const cut of cuts) {
    if (cut.end <= position || cut.start >= end) continue;
    text += source.slice(position, Math.max(position, cut.start));
    position = Math.min(end, cut.end);
  }
  return text + source.slice(position, end);
}
