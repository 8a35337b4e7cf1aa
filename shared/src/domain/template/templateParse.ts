import { endsForeignBlock, foreignBlocks, intendedRole } from "./conditionRoles.ts";
import { conditionTag } from "./conditions.ts";
import { directiveOnlyElements, isWithin, without } from "./directiveElements.ts";
import type { Directive } from "./directives.ts";
import { fieldAt } from "./fieldWriting.ts";
import { bracketedMacro, hashMacro } from "./houseMacros.ts";
import { mergeTagValue } from "./mergeTags.ts";
import { type Place, placeAt } from "./place.ts";
import { openPrompt } from "./prompts.ts";
import { retreatsNode } from "./retreatsMacro.ts";
import { excerpt, type Problem, positionAt } from "./sourceText.ts";
import { nestPieces, type Piece } from "./templateBlocks.ts";
import { findDirectives, isCondition, usedName } from "./templateDirectives.ts";
import { findLinks, gluedLinks, type TemplateLink } from "./templateLinks.ts";
import type { Node } from "./templateNodes.ts";
import type { ConditionPart, Meaning, Parsing } from "./vocabulary.ts";

/** A source read completely: what it renders to, and everything the content checks ask about. */
export interface ParsedTemplate {
  readonly nodes: readonly Node[];
  /** All faults found; with any of them the nodes must not be rendered. */
  readonly problems: readonly Problem[];
  readonly links: readonly TemplateLink[];
  /** Every tag and macro outside of prompts, as `FNAME`, `name`, `#reglink`, where it stands, and whether it is a fault. */
  readonly used: readonly UsedName[];
}

export interface UsedName {
  readonly name: string;
  readonly place: Place;
  readonly isCondition: boolean;
  readonly isFaulty: boolean;
}

/** What a directive puts in its place. */
type Insertion = Pick<ParsedTemplate, "nodes" | "problems" | "links">;

/** A directive at its place, before it is known what it means. */
type Spot = Omit<Piece, "content">;

/**
 * Parses a source in both notations, prompts it inserts included. Values are read at rendering and never parsed. Pure;
 * never throws for what the source holds.
 */
export function parseTemplate(given: string, parsing: Parsing): ParsedTemplate {
  const source = given.replace(/[\ufdd0-\ufdef]/g, "\ufffd"); // the text part marks its fields with these noncharacters
  const { directives, places, tags, problems } = findDirectives(source, parsing);
  const isInText = (directive: Directive) => placeAt(places, directive.start).kind === "text";
  const cuts = directiveOnlyElements(source, tags, directives.filter(isCondition).filter(isInText));
  const kept = directives.filter((directive) => isInText(directive) || !isWithin(directive, cuts));
  const blocks = foreignBlocks(directives);
  const read = kept.map((directive) => {
    const found = readDirective(source, directive, placeAt(places, directive.start), { ...parsing, blocks });
    return endsForeignBlock(directive, blocks) ? { ...found, problems: [] } : found;
  });
  const pieces = read.map(({ piece }) => piece);
  const nested = nestPieces(pieces, { start: 0, end: source.length }, (start, end) =>
    without(source, start, end, cuts),
  );
  const syntax = [...problems, ...read.flatMap((found) => found.problems), ...nested.problems];
  const links = findLinks(source, places, pieces, syntax);
  const faulty = new Set(syntax.map(({ offset }) => offset));
  return {
    nodes: nested.nodes,
    problems: [...syntax, ...gluedLinks(links)],
    links: [...links, ...read.flatMap((found) => found.links)],
    used: directives.map((directive) => ({
      name: usedName(directive),
      place: placeAt(places, directive.start),
      isCondition: isCondition(directive),
      isFaulty: faulty.has(directive.start),
    })),
  };
}

function readDirective(
  source: string,
  directive: Directive,
  place: Place,
  { blocks, ...parsing }: Parsing & { readonly blocks: ReadonlySet<string> },
): Insertion & { piece: Piece } {
  const { start, end } = directive;
  const spot = { start, end, place, source: excerpt(source.slice(start, end)) };
  const meaning = meaningOf(directive, parsing);
  if (isPartOfCondition(meaning)) return { piece: partOfCondition(spot, directive, meaning), ...nothing };
  const isMailto = place.kind === "link" && /^\s*mailto:/i.test(source.slice(place.start, start));
  const insertion = insert(meaning, spot, parsing, isMailto);
  // A condition that means nothing is still closed somewhere: its end is no second fault.
  const role = meaning.is === "problem" ? intendedRole(directive, blocks) : undefined;
  const piece = role
    ? partOfCondition(spot, directive, { is: role, test: () => true })
    : { ...spot, content: { is: "nodes" as const, nodes: insertion.nodes } };
  return { ...insertion, piece };
}

function partOfCondition(spot: Spot, { notation }: Directive, meaning: ConditionPart): Piece {
  return { ...spot, content: { ...meaning, notation: notation === "tag" ? "tag" : "hash" } };
}

function meaningOf({ notation, body }: Directive, parsing: Parsing): Meaning {
  if (notation === "house") return bracketedMacro(body, parsing.settings);
  if (notation === "hash") return hashMacro(body, parsing.settings);
  const condition = conditionTag(body, parsing);
  if (condition) return condition;
  const value = mergeTagValue(body, parsing);
  return "is" in value ? value : { is: "value", value };
}

function isPartOfCondition(meaning: Meaning): meaning is ConditionPart {
  return ["open", "else-if", "else", "close"].includes(meaning.is);
}

const nothing: Insertion = { nodes: [], problems: [], links: [] };

/** What stands in for it is never rendered, but shows in messages about the link that holds it. */
function failed({ start, source }: Spot, text: string): Insertion {
  return { ...nothing, nodes: [source], problems: [{ rule: "Q1", offset: start, text }] };
}

function insert(meaning: Exclude<Meaning, ConditionPart>, spot: Spot, parsing: Parsing, isMailto: boolean): Insertion {
  if (meaning.is === "problem") return failed(spot, meaning.text);
  if (meaning.is === "value") {
    const field = fieldAt(spot.place, meaning.value, isMailto);
    return "problem" in field ? failed(spot, field.problem) : { ...nothing, nodes: [field] };
  }
  if (spot.place.kind !== "text")
    return failed(spot, `${spot.source} is HTML and can only stand in the text of the mail.`);
  if (meaning.is === "prompt") return insertPrompt(meaning.key, spot, parsing, meaning.subEvent);
  return insertRetreats(spot, parsing);
}

function insertPrompt(key: string, spot: Spot, parsing: Parsing, fill?: string): Insertion {
  const opened = openPrompt(key, parsing, fill);
  if ("problem" in opened) return failed(spot, `${spot.source}: ${opened.problem}`);
  const { name, text, chain } = opened;
  const parsed = parseTemplate(text, { ...parsing, chain });
  return {
    nodes: parsed.nodes,
    links: parsed.links.map((link) => ({ ...link, offset: spot.start, prompt: link.prompt ?? name })),
    problems: parsed.problems.map((problem) => {
      const { line, column } = positionAt(text, problem.offset);
      const where = `In prompt ${name}, line ${line}, column ${column}: `;
      return { ...problem, offset: spot.start, text: where + problem.text };
    }),
  };
}

/** Which retreats a person selected shows at rendering, so the prompts of all must be in order. */
function insertRetreats(spot: Spot, parsing: Parsing): Insertion {
  const { event } = parsing.settings;
  const made = Object.entries(event.config.whichRetreatsConfig ?? {}).map(([key, { prompt }]) => {
    const source = `${spot.source}, retreat "${key}"`;
    const inserted = prompt
      ? insertPrompt(prompt, { ...spot, source }, parsing)
      : failed(spot, `${source}: event ${event.aid} names no prompt for it in config.whichRetreatsConfig.`);
    return { key, inserted };
  });
  const prompts = new Map(made.map(({ key, inserted }) => [key, inserted.nodes]));
  return {
    nodes: [retreatsNode(spot.source, event, prompts)],
    links: made.flatMap(({ inserted }) => inserted.links),
    problems: made.flatMap(({ inserted }) => inserted.problems),
  };
}
