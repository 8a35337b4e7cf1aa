import { overlapping } from "./directiveElements.ts";
import { decodeAttribute, excerpt, type Problem } from "./sourceText.ts";
import { nestPieces, type Piece } from "./templateBlocks.ts";
import type { FieldNode, Node } from "./templateNodes.ts";
import type { UrlSpot, UrlUse } from "./urlSpots.ts";

/** One way a link can come out: literal text (character references decoded) and values. */
export type LinkAlternative = readonly (string | FieldNode)[];

/** A link of a source with every way its conditions can make it. */
export interface TemplateLink {
  readonly offset: number;
  readonly element: string;
  /** `style` for a `url()` in CSS. */
  readonly attribute: string;
  readonly use: UrlUse;
  readonly alternatives: readonly LinkAlternative[];
  /** A tag or macro in it is a finding already: what it leads to is not known, so it is no second one. */
  readonly isFaulty: boolean;
  /** The prompt that contains it; then `offset` is that of the macro that inserts it. */
  readonly prompt?: string;
}

/** Conditions in one link multiply; with more ways than these every branch is still looked at, not every combination. */
const alternativesLimit = 64;

/** The links of a source, and everything else in it that has a URL. */
export function findLinks(
  source: string,
  spots: readonly UrlSpot[],
  pieces: readonly Piece[],
  problems: readonly Problem[],
): TemplateLink[] {
  const faults = problems
    .map(({ offset }) => ({ start: offset, end: offset + 1 }))
    .sort((one, other) => one.start - other.start);
  return spots.map((spot) => {
    const inside = overlapping(pieces, spot.start, spot.end);
    const { nodes } = nestPieces(inside, spot, (start, end) => decodeAttribute(source.slice(start, end)));
    const { start: offset, element, attribute, use } = spot;
    const isFaulty = overlapping(faults, spot.start, spot.end).length > 0;
    return { offset, element, attribute, use, isFaulty, alternatives: alternativesOf(nodes).map(trimmed) };
  });
}

/** A personal link must be the whole link, as it goes in as it is. */
export function gluedLinks(links: readonly TemplateLink[]): Problem[] {
  return links
    .filter(({ isFaulty, use, attribute }) => !isFaulty && use !== "text" && !["style", "srcset"].includes(attribute))
    .flatMap((link) => {
      const glued = link.alternatives.find((parts) => parts.length > 1 && parts.some(isUrl));
      if (!glued) return [];
      const tag = (glued.find(isUrl) as FieldNode).value.notation;
      const text = `${tag} must be the whole ${link.attribute}, but is glued to other text: ${excerpt(linkText(glued))}`;
      return [{ rule: "Q6" as const, offset: link.offset, text }];
    });
}

/** A link as its author would write it, values in their notation. */
export function linkText(parts: LinkAlternative): string {
  return parts.map((part) => (typeof part === "string" ? part : part.value.notation)).join("");
}

function isUrl(part: string | FieldNode): boolean {
  return typeof part !== "string" && part.value.kind === "url";
}

function alternativesOf(nodes: readonly Node[]): LinkAlternative[] {
  let ways: (string | FieldNode)[][] = [[]];
  for (const node of nodes) {
    const next = alternativesOfNode(node);
    if (next.length > 1 && ways.length * next.length <= alternativesLimit) {
      ways = ways.flatMap((way) => next.map((more) => [...way, ...more]));
    } else {
      while (ways.length < next.length) ways.push([...ways[0]!]);
      ways.forEach((way, index) => {
        way.push(...next[index % next.length]!);
      });
    }
  }
  return ways;
}

function alternativesOfNode(node: Node): LinkAlternative[] {
  if (typeof node === "string") return [node === "" ? [] : [node]];
  if (node.is === "field") return [[node]];
  if (node.is === "retreats") return [[]];
  const ways = node.branches.flatMap((branch) => alternativesOf(branch.nodes));
  return node.hasElse ? ways : [...ways, []];
}

/** Neighbouring texts joined, without blanks around the whole. */
function trimmed(parts: LinkAlternative): LinkAlternative {
  const joined: (string | FieldNode)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === "string" && typeof last === "string") joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  const trim = (part: string | FieldNode | undefined, cut: (text: string) => string) =>
    typeof part === "string" ? cut(part) : part;
  if (joined.length > 0) joined[0] = trim(joined[0], (text) => text.trimStart())!;
  if (joined.length > 0) joined[joined.length - 1] = trim(joined.at(-1), (text) => text.trimEnd())!;
  return joined.filter((part) => part !== "");
}
