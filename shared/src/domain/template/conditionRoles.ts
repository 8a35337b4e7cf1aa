import type { Directive } from "./directives.ts";
import type { ConditionPart } from "./vocabulary.ts";

/** How people write the parts of a condition, as far as it is not how they are written here. */
const houseRoles: Record<string, ConditionPart["is"]> = {
  if: "open",
  unless: "open",
  else: "else",
  elseif: "else-if",
  elsif: "else-if",
  elif: "else-if",
  endif: "close",
  end: "close",
  fi: "close",
};
const tagRoles: readonly (readonly [RegExp, ConditionPart["is"]])[] = [
  [/^IF(?:NOT)?\b/i, "open"],
  [/^ELSE[ _]?IF\b/i, "else-if"],
  [/^ELSE\b/i, "else"],
  [/^(?:END[:_ -]*|\/)IF\b/i, "close"],
];

/** What the name of a `#` word was meant to be in a condition; undefined if nothing. */
export function houseRole(name: string): ConditionPart["is"] | undefined {
  const plain = name.toLowerCase().replace(/[_-]/g, "");
  return Object.hasOwn(houseRoles, plain) ? houseRoles[plain] : undefined;
}

/**
 * What a directive that cannot be understood was meant to be in a condition, so that one mistake leaves the rest of the
 * condition in order; undefined for every other directive. `blocks` are the names of Mailchimp's blocks in the source.
 */
export function intendedRole(
  { notation, body }: Directive,
  blocks: ReadonlySet<string>,
): ConditionPart["is"] | undefined {
  if (notation === "hash") return houseRole(body.split(" ")[0]!);
  if (notation === "house") return undefined;
  const role = tagRoles.find(([form]) => form.test(body))?.[1];
  if (role) return role;
  const ended = endedBlock(body);
  if (ended !== undefined) return blocks.has(ended) ? "close" : undefined;
  return blocks.has(blockName(body)) ? "open" : undefined;
}

/** Names of the blocks of Mailchimp's own, such as `*|INTERESTED:…|*` to `*|END:INTERESTED|*`, that begin and end in the source. */
export function foreignBlocks(directives: readonly Directive[]): Set<string> {
  const tags = directives.filter(({ notation }) => notation === "tag");
  const ended = new Set(tags.flatMap(({ body }) => endedBlock(body) ?? []));
  return new Set(tags.map(({ body }) => blockName(body)).filter((name) => ended.has(name)));
}

/** True for the end of such a block: its beginning is the mistake. */
export function endsForeignBlock({ notation, body }: Directive, blocks: ReadonlySet<string>): boolean {
  return notation === "tag" && blocks.has(endedBlock(body) ?? "");
}

function blockName(body: string): string {
  return body.split(":")[0]!.toUpperCase();
}

function endedBlock(body: string): string | undefined {
  const name = /^END:(\w+)/i.exec(body)?.[1]?.toUpperCase();
  return name === "IF" ? undefined : name;
}
