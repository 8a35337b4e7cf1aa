import { endsForeignBlock, foreignBlocks, intendedRole } from "./conditionRoles.ts";
import { beyondLimits, findingsLimit, largerWithPrompts, tooManyFindings } from "./contentLimits.ts";
import { directiveOnlyElements, isWithin, type Range, without } from "./directiveElements.ts";
import { isPartOfCondition, meaningOf } from "./directiveMeaning.ts";
import type { Directive } from "./directives.ts";
import { fieldAt } from "./fieldWriting.ts";
import { blanksAroundLinks } from "./linkBlanks.ts";
import { footerCuts } from "./mailchimpFooter.ts";
import { charsetPieces } from "./metaCharset.ts";
import { type Place, placeAt } from "./place.ts";
import { openPrompt } from "./prompts.ts";
import { retreatsNode } from "./retreatsMacro.ts";
import { decodeAttribute, excerpt, type Problem, positionAt } from "./sourceText.ts";
import { nestPieces, type Piece } from "./templateBlocks.ts";
import { findDirectives, isCondition, usedName } from "./templateDirectives.ts";
import { findLinks, gluedLinks, type TemplateLink } from "./templateLinks.ts";
import type { Node } from "./templateNodes.ts";
import { urlSpots } from "./urlSpots.ts";
import type { ConditionPart, Meaning, Parsing } from "./vocabulary.ts";

/** A source read completely: what it renders to, and everything the content checks ask about. */
export interface ParsedTemplate {
  readonly nodes: readonly Node[];
  /** All faults found; with any of them the nodes must not be rendered. */
  readonly problems: readonly Problem[];
  /** Warnings, and errors that Prepare alone judges: content with these can be rendered. */
  readonly remarks: readonly Problem[];
  readonly links: readonly TemplateLink[];
  /** Ids and names of its elements, which links such as `#programme` lead to. */
  readonly targets: ReadonlySet<string>;
  /** Links to pages of Mailchimp's that the mail does without. */
  readonly leftOut: readonly (Range & { readonly tag: string })[];
  /** Every tag and macro outside of prompts, as `FNAME`, `name`, `#reglink`, its place, and whether it is a fault. */
  readonly used: readonly UsedName[];
  /** The source is beyond the limits, as its one or last problem says; links and names were not looked for. */
  readonly isRefused: boolean;
}

export interface UsedName {
  readonly name: string;
  readonly place: Place;
  readonly isCondition: boolean;
  readonly isFaulty: boolean;
}

/** What a directive puts in its place; `bytes` of it come from prompts. */
interface Insertion {
  readonly nodes: readonly Node[];
  readonly problems: readonly Problem[];
  readonly remarks: readonly Problem[];
  readonly links: readonly TemplateLink[];
  readonly targets: ReadonlySet<string>;
  readonly bytes: number;
}

/** A directive at its place, before it is known what it means. */
type Spot = Omit<Piece, "content">;

/** A parsing with the prompts it has inserted, by key and chain. */
type Inserting = Parsing & { readonly prompts: Map<string, Insertion> };

/**
 * Parses a source in both notations, prompts it inserts included. Values are read at rendering and never parsed. Pure;
 * never throws for what the source holds.
 */
export function parseTemplate(given: string, parsing: Parsing): ParsedTemplate {
  return parse(given, { ...parsing, prompts: new Map() }).template;
}

function parse(given: string, parsing: Inserting): { template: ParsedTemplate; bytes: number } {
  const beyond = beyondLimits(given, parsing.part === "html");
  if (beyond) return { template: refused([beyond]), bytes: 0 };
  const source = given.replace(/[\ufdd0-\ufdef]/g, "\ufffd"); // the text part marks its fields with these noncharacters
  const { directives: all, places, tags, problems, remarks, masked } = findDirectives(source, parsing);
  const isUnconfigured = (tag: string) => tag === "UPDATE_PROFILE" && !parsing.settings.configured.profile;
  const footer = footerCuts(source, tags, places, all, isUnconfigured);
  const directives = all.filter((directive) => !isWithin(directive, footer.cuts));
  const isInText = (directive: Directive) => placeAt(places, directive.start).kind === "text";
  const empty = directiveOnlyElements(source, tags, directives.filter(isCondition).filter(isInText));
  const kept = directives.filter((directive) => isInText(directive) || !isWithin(directive, empty));
  const { read, bytes, excess } = readDirectives(source, kept, places, problems.length, parsing);
  const found = [...problems, ...read.flatMap((one) => one.problems)];
  if (excess) return { template: refused([...found.slice(0, findingsLimit), excess]), bytes };
  const written = read.map(({ piece }) => piece);
  const pieces = [...written, ...charsetPieces(source, places, written)].sort((one, other) => one.start - other.start);
  const cuts = apart([...footer.cuts, ...empty, ...blanksAroundLinks(source, places, written)]);
  const nested = nestPieces(pieces, { start: 0, end: source.length }, (start, end) =>
    without(source, start, end, cuts),
  );
  const syntax = [...found, ...nested.problems];
  if (syntax.length > findingsLimit)
    return { template: refused([...syntax.slice(0, findingsLimit), tooManyFindings()]), bytes };
  const spots = parsing.part === "html" ? urlSpots(masked, places).filter((spot) => !isWithin(spot, footer.cuts)) : [];
  const links = findLinks(source, spots, written, syntax);
  const faulty = new Set(syntax.map(({ offset }) => offset));
  const template = {
    nodes: nested.nodes,
    problems: [...syntax, ...gluedLinks(links)],
    remarks: [...remarks, ...read.flatMap((one) => one.remarks)],
    links: [...links, ...read.flatMap((one) => one.links)],
    targets: new Set([...targetsOf(source, places), ...read.flatMap((one) => [...one.targets])]),
    leftOut: footer.written,
    used: directives.map((directive) => ({
      name: usedName(directive),
      place: placeAt(places, directive.start),
      isCondition: isCondition(directive),
      isFaulty: faulty.has(directive.start),
    })),
    isRefused: false,
  };
  return { template, bytes };
}

function refused(problems: readonly Problem[]): ParsedTemplate {
  return { nodes: [], problems, remarks: [], links: [], targets: new Set(), leftOut: [], used: [], isRefused: true };
}

/** Ranges by start, less those that overlap an earlier one. */
function apart(ranges: readonly Range[]): Range[] {
  const kept: Range[] = [];
  for (const range of [...ranges].sort((one, other) => one.start - other.start || other.end - one.end))
    if (range.start >= (kept.at(-1)?.end ?? 0)) kept.push(range);
  return kept;
}

const namesNoPlace = new Set(["meta", "input", "select", "textarea", "button", "form", "param", "iframe"]);

function targetsOf(source: string, places: readonly Place[]): string[] {
  return places
    .filter(({ attribute, element }) => attribute === "id" || (attribute === "name" && !namesNoPlace.has(element)))
    .map(({ start, end }) => decodeAttribute(source.slice(start, end)));
}

/** Reads until the findings, `faults` of which there are already, or the size of the mail pass their limits. */
function readDirectives(
  source: string,
  directives: readonly Directive[],
  places: readonly Place[],
  faults: number,
  parsing: Inserting,
): { read: (Insertion & { piece: Piece })[]; bytes: number; excess?: Problem | undefined } {
  const blocks = foreignBlocks(directives);
  const read: (Insertion & { piece: Piece })[] = [];
  let bytes = Buffer.byteLength(source, "utf8");
  let findings = faults;
  for (const directive of directives) {
    const excess = findings > findingsLimit ? tooManyFindings() : largerWithPrompts(bytes);
    if (excess) return { read, bytes, excess };
    const found = readDirective(source, directive, placeAt(places, directive.start), blocks, parsing);
    read.push(endsForeignBlock(directive, blocks) ? { ...found, problems: [] } : found);
    findings += found.problems.length;
    bytes += found.bytes;
  }
  return { read, bytes, excess: findings > findingsLimit ? tooManyFindings() : largerWithPrompts(bytes) };
}

function readDirective(
  source: string,
  directive: Directive,
  place: Place,
  blocks: ReadonlySet<string>,
  parsing: Inserting,
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

const nothing: Insertion = { nodes: [], problems: [], remarks: [], links: [], targets: new Set(), bytes: 0 };

/** Its replacement is never rendered, but shows in messages about the link that holds it. */
function failed({ start, source }: Spot, text: string): Insertion {
  return { ...nothing, nodes: [source], problems: [{ rule: "Q1", offset: start, text }] };
}

function insert(
  meaning: Exclude<Meaning, ConditionPart>,
  spot: Spot,
  parsing: Inserting,
  isMailto: boolean,
): Insertion {
  if (meaning.is === "problem") return failed(spot, meaning.text);
  if (meaning.is === "value") {
    const field = fieldAt(spot.place, meaning.value, isMailto);
    return "problem" in field ? failed(spot, field.problem) : { ...nothing, nodes: [field] };
  }
  if (spot.place.kind !== "text")
    return failed(spot, `${spot.source} is HTML and can only be used in the text of the mail.`);
  if (meaning.is === "prompt") return insertPrompt(meaning.key, spot, parsing, meaning.subEvent);
  return insertRetreats(spot, parsing);
}

/** A prompt is read once for all its places: its faults and links are reported at its first place. */
function insertPrompt(key: string, spot: Spot, parsing: Inserting, fill?: string): Insertion {
  const inserted = JSON.stringify([parsing.chain, key, fill]);
  const before = parsing.prompts.get(inserted);
  if (before) return { ...before, problems: [], remarks: [], links: [] };
  const opened = openPrompt(key, parsing, fill);
  if ("problem" in opened) return failed(spot, `${spot.source}: ${opened.problem}`);
  const { name, text, chain } = opened;
  const { template, bytes } = parse(text, { ...parsing, chain });
  const here = (problem: Problem) => {
    const { line, column } = positionAt(text, problem.offset);
    const where = `In prompt ${name}, line ${line}, column ${column}: `;
    return { ...problem, offset: spot.start, text: where + problem.text };
  };
  const insertion = {
    nodes: template.nodes,
    bytes,
    targets: template.targets,
    links: template.links.map((link) => ({ ...link, offset: spot.start, prompt: link.prompt ?? name })),
    problems: template.problems.map(here),
    remarks: template.remarks.map(here),
  };
  parsing.prompts.set(inserted, insertion);
  return insertion;
}

/** Which retreats a person selected shows at rendering, so the prompts of all must be in order. */
function insertRetreats(spot: Spot, parsing: Inserting): Insertion {
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
    targets: new Set(made.flatMap(({ inserted }) => [...inserted.targets])),
    problems: made.flatMap(({ inserted }) => inserted.problems),
    remarks: made.flatMap(({ inserted }) => inserted.remarks),
    bytes: made.reduce((sum, { inserted }) => sum + inserted.bytes, 0),
  };
}
