import type { Recipient } from "./mail.ts";

/** What a rendering reads values from. Subject and preview text are rendered before the HTML that may show them. */
export interface Scope {
  readonly recipient: Recipient;
  readonly subject: string;
  readonly preview: string;
}

/**
 * The meaning of a tag or macro.
 *
 * - `text`: escaped for its place.
 * - `url`: a complete link; inside an href it must be all of it, and goes in as it is.
 * - `encoded`: text that is percent-encoded already.
 * - `html`: trusted markup, only possible in text.
 * - `address`: a mail address; in text a mailto link, elsewhere the address alone.
 */
export interface Value {
  readonly kind: "text" | "url" | "encoded" | "html" | "address";
  /** How authors write it: `*|FNAME|*`. */
  readonly notation: string;
  readonly read: (scope: Scope) => string;
  /** The value, if it is the same for all recipients at all times. */
  readonly constant?: string;
}

export type Test = (scope: Scope) => boolean;

/** A value at its place: `write` makes it safe there. */
export interface FieldNode {
  readonly is: "field";
  readonly value: Value;
  readonly write: (plain: string) => string;
  /** What a reader of the plain text part sees of it; absent where the text part shows nothing (comments, most attributes). */
  readonly shown?: (plain: string) => string;
}

export interface Branch {
  readonly test: Test;
  readonly nodes: readonly Node[];
}

/** The first branch whose test holds is rendered; without an else none is possible. */
interface ChoiceNode {
  readonly is: "choice";
  readonly hasElse: boolean;
  readonly branches: readonly Branch[];
}

/** The bullet list of the selected retreats; `prompts` by retreat key. `selected` throws RenderError if there is none. */
export interface RetreatsNode {
  readonly is: "retreats";
  readonly prompts: ReadonlyMap<string, readonly Node[]>;
  readonly selected: (scope: Scope) => readonly string[];
}

/** A string is literal output. */
export type Node = string | FieldNode | ChoiceNode | RetreatsNode;

/** Joins neighbouring literals and values that are the same for everybody, so that a recipient costs only what differs. */
export function foldNodes(nodes: readonly Node[]): Node[] {
  const folded: Node[] = [];
  for (const node of nodes) {
    const next = foldNode(node);
    const last = folded.at(-1);
    if (typeof next === "string" && typeof last === "string") folded[folded.length - 1] = last + next;
    else if (next !== "") folded.push(next);
  }
  return folded;
}

function foldNode(node: Node): Node {
  if (typeof node === "string") return node;
  if (node.is === "field") return node.value.constant === undefined ? node : node.write(node.value.constant);
  if (node.is === "choice") {
    return { ...node, branches: node.branches.map(({ test, nodes }) => ({ test, nodes: foldNodes(nodes) })) };
  }
  return { ...node, prompts: new Map([...node.prompts].map(([key, nodes]) => [key, foldNodes(nodes)])) };
}
