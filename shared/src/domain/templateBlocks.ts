import type { Place } from "./htmlPlaces.ts";
import type { Problem } from "./sourceText.ts";
import type { Branch, Node, Test } from "./templateNodes.ts";

/** A directive as the source's structure sees it: output of its own, or a part of a condition. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly place: Place;
  readonly source: string;
  readonly content:
    | { readonly is: "nodes"; readonly nodes: readonly Node[] }
    | { readonly is: "open" | "else-if"; readonly test: Test; readonly notation: "tag" | "hash" }
    | { readonly is: "else" | "close"; readonly notation: "tag" | "hash" };
}

interface OpenBlock {
  readonly piece: Piece;
  readonly notation: "tag" | "hash";
  readonly outer: Node[];
  readonly branches: Branch[];
  test: Test;
  hasElse: boolean;
}

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
  const blocks: OpenBlock[] = [];
  let nodes: Node[] = [];
  let position = range.start;
  const report = (piece: Piece, text: string) => problems.push({ rule: "Q1", offset: piece.start, text });

  const endBranch = (block: OpenBlock) => {
    block.branches.push({ test: block.test, nodes });
    nodes = [];
  };

  for (const piece of pieces) {
    nodes.push(literal(position, piece.start));
    position = piece.end;
    const { content } = piece;
    if (content.is === "nodes") {
      nodes.push(...content.nodes);
    } else if (content.is === "open") {
      const { test, notation } = content;
      blocks.push({ piece, notation, outer: nodes, branches: [], test, hasElse: false });
      nodes = [];
    } else {
      const block = blocks.at(-1);
      const fault =
        faultOf(piece, content.notation, block) ??
        (content.is !== "close" && block!.hasElse ? "stands behind an else of the same condition." : undefined);
      if (fault || !block) {
        report(piece, `${piece.source} ${fault}`);
        continue;
      }
      endBranch(block);
      if (content.is === "close") {
        blocks.pop();
        nodes = block.outer;
        nodes.push({ is: "choice", hasElse: block.hasElse, branches: block.branches });
      } else {
        block.test = content.is === "else-if" ? content.test : always;
        block.hasElse = content.is === "else";
      }
    }
  }
  nodes.push(literal(position, range.end));
  for (const block of blocks) report(block.piece, `${block.piece.source} is not closed by ${closing[block.notation]}.`);
  return { nodes: blocks[0] ? blocks[0].outer : nodes, problems };
}

const closing = { tag: "*|END:IF|*", hash: "#endif" };

/** Why a piece that divides or closes a condition does not fit the innermost open one. */
function faultOf(piece: Piece, notation: "tag" | "hash", block: OpenBlock | undefined): string | undefined {
  if (!block) return "has no open condition to belong to.";
  if (notation !== block.notation) {
    return `crosses ${block.piece.source}, which is still open: it must be closed by ${closing[block.notation]} first.`;
  }
  if (!isSamePlace(piece.place, block.piece.place)) {
    return `does not stand in the same place as ${block.piece.source} (${placeName(piece.place)}, not ${placeName(block.piece.place)}): a condition holds whole elements, whole attributes or a part of one value.`;
  }
  return undefined;
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
