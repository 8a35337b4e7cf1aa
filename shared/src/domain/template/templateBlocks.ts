import { findingsLimit } from "./contentLimits.ts";
import type { Place } from "./place.ts";
import type { Problem } from "./sourceText.ts";
import type { Branch, Node, Test } from "./templateNodes.ts";
import type { ConditionPart } from "./vocabulary.ts";

/** A directive as the source's structure sees it: output of its own, or a part of a condition. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly place: Place;
  readonly source: string;
  readonly content:
    | { readonly is: "nodes"; readonly nodes: readonly Node[] }
    | (ConditionPart & { readonly notation: "tag" | "hash" });
}

interface OpenBlock {
  readonly piece: Piece;
  readonly notation: "tag" | "hash";
  readonly outer: Node[];
  readonly branches: Branch[];
  test: Test;
  hasElse: boolean;
}

/** Rendering recurses with the conditions; no real mail nests deeper. */
const depthLimit = 100;

const always: Test = () => true;

/**
 * Nests the pieces and the literal text between them. `literal` gives the source of a range (less what is cut out of it).
 * Conditions of both notations may nest, each closed in its own notation and in the same place where it was opened: then
 * the rest of the source means the same, whichever branch is taken.
 */
export function nestPieces(
  pieces: readonly Piece[],
  range: { start: number; end: number },
  literal: (start: number, end: number) => string,
): { nodes: Node[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const report = (piece: Piece, text: string) =>
    problems.push({ rule: "Q1", offset: piece.start, text: `${piece.source} ${text}` });
  const open: OpenBlock[] = [];
  const givenUp = { tag: 0, hash: 0 };
  let nodes: Node[] = [];
  let position = range.start;
  for (const piece of pieces) {
    if (problems.length > findingsLimit) return { nodes: [], problems };
    nodes.push(literal(position, piece.start));
    position = piece.end;
    const { content } = piece;
    if (content.is === "nodes") {
      nodes.push(...content.nodes);
    } else if (content.is === "open" && open.length === depthLimit) {
      report(piece, `is nested more than ${depthLimit} conditions deep.`);
      return { nodes: [], problems };
    } else if (content.is === "open") {
      const { test, notation } = content;
      open.push({ piece, notation, outer: nodes, branches: [], test, hasElse: false });
      nodes = [];
    } else {
      const block = blockOf({ is: content.is, notation: content.notation }, open, givenUp, (text) =>
        report(piece, text),
      );
      if (!block) continue;
      for (const fault of faultsOf(piece, block)) report(piece, fault);
      block.branches.push({ test: block.test, nodes });
      nodes = [];
      if (content.is === "close") {
        open.pop();
        nodes = block.outer;
        nodes.push({ is: "choice", hasElse: block.hasElse, branches: block.branches });
      } else {
        block.test = content.is === "else-if" ? content.test : always;
        block.hasElse = content.is === "else";
      }
    }
  }
  nodes.push(literal(position, range.end));
  for (const block of open) report(block.piece, `is not closed by ${closing[block.notation]}.`);
  return { nodes, problems };
}

/**
 * The open condition that a part divides or closes. A part that crosses others is one mistake: it is reported, the others
 * are given up, and their own ends, should they follow, are no further faults.
 */
function blockOf(
  { is, notation }: { is: ConditionPart["is"]; notation: OpenBlock["notation"] },
  open: OpenBlock[],
  givenUp: Record<OpenBlock["notation"], number>,
  report: (text: string) => void,
): OpenBlock | undefined {
  if (open.some((block) => block.notation === notation)) {
    if (open.at(-1)!.notation !== notation) report(foreign(open.at(-1)));
    while (open.at(-1)!.notation !== notation) givenUp[open.pop()!.notation] += 1;
    return open.at(-1);
  }
  if (givenUp[notation] === 0) report(foreign(open.at(-1)));
  else if (is === "close") givenUp[notation] -= 1;
  return undefined;
}

const closing = { tag: "*|END:IF|*", hash: "#endif" };

/** Why a piece that divides or closes a condition belongs to none, or not to the innermost open one. */
function foreign(block: OpenBlock | undefined): string {
  if (!block) return "has no open condition to belong to.";
  const { source } = block.piece;
  return `crosses ${source}, which is still open: it must be closed by ${closing[block.notation]} first.`;
}

function faultsOf(piece: Piece, block: OpenBlock): string[] {
  const faults: string[] = [];
  if (block.hasElse && piece.content.is !== "close") faults.push("comes after an else of the same condition.");
  if (!isSamePlace(piece.place, block.piece.place)) {
    const places = `${placeName(piece.place)}, not ${placeName(block.piece.place)}`;
    faults.push(
      `is not in the same place as ${block.piece.source} (${places}): a condition holds whole elements, whole attributes or a part of one value.`,
    );
  }
  return faults;
}

/** Comments and texts of one kind are alike; anything else must be the very same attribute, tag or element. */
function isSamePlace(one: Place, other: Place): boolean {
  if (one.kind !== other.kind || one.conditional !== other.conditional) return false;
  return one.kind === "text" || one.kind === "comment" || one.start === other.start;
}

function placeName(place: Place): string {
  if (place.kind === "attribute" || place.kind === "link") return `attribute ${place.attribute}`;
  const names: Partial<Record<Place["kind"], string>> = {
    tag: `inside the tag ${place.element}`,
    comment: "a comment",
  };
  return names[place.kind] ?? place.kind;
}
