import { conditionTag } from "./conditions.ts";
import type { Directive } from "./directives.ts";
import { bracketedMacro, hashMacro } from "./houseMacros.ts";
import { mergeTagValue } from "./mergeTags.ts";
import type { ConditionPart, Meaning, Parsing } from "./vocabulary.ts";

/** The meaning of a directive in either notation. */
export function meaningOf({ notation, body }: Directive, parsing: Parsing): Meaning {
  if (notation === "house") return bracketedMacro(body, parsing.settings);
  if (notation === "hash") return hashMacro(body, parsing.settings);
  const condition = conditionTag(body, parsing);
  if (condition) return condition;
  const value = mergeTagValue(body, parsing);
  return "is" in value ? value : { is: "value", value };
}

export function isPartOfCondition(meaning: Meaning): meaning is ConditionPart {
  return ["open", "else-if", "else", "close"].includes(meaning.is);
}
