import type { FieldNode, Node, Scope } from "./templateNodes.ts";

/** What a field adds to the output. */
export type Insert = (field: FieldNode, plain: string) => string;

/** Renders nodes for one recipient. `chose` receives every decision that depends on the recipient, in order. */
export function renderNodes(
  nodes: readonly Node[],
  scope: Scope,
  insert: Insert,
  chose: (choice: string) => void,
): string {
  let output = "";
  for (const node of nodes) {
    if (typeof node === "string") {
      output += node;
    } else if (node.is === "field") {
      output += insert(node, node.value.read(scope));
    } else if (node.is === "choice") {
      const taken = node.branches.findIndex((branch) => branch.test(scope));
      chose(String(taken));
      if (taken >= 0) output += renderNodes(node.branches[taken]!.nodes, scope, insert, chose);
    } else {
      const keys = node.selected(scope);
      chose(JSON.stringify(keys));
      const items = keys.map((key) => `<li>${renderNodes(node.prompts.get(key)!, scope, insert, chose)}</li>`);
      output += `<ul>${items.join("")}</ul>`;
    }
  }
  return output;
}
