import { comparedValue } from "./comparedValue.ts";
import { tidied } from "./escaping.ts";
import { mergeTagValue } from "./mergeTags.ts";
import type { Scope, Test } from "./templateNodes.ts";
import { type Meaning, type Parsing, problem } from "./vocabulary.ts";

/** `IF:FIELD`, `IF:FIELD=value` and the other forms; comparisons end at the first operator. */
const condition = /^(IF|IFNOT|ELSEIF):([^=!<>]*)(?:(!=|<=|>=|=|<|>)(.*))?$/;
const decimal = /^[+-]?\d+(?:\.\d+)?$/;

/** The meaning of a tag that belongs to a condition; undefined for every other tag. */
export function conditionTag(body: string, parsing: Parsing): Meaning | undefined {
  if (body === "ELSE:" || body === "ELSE") return { is: "else" };
  if (body === "END:IF") return { is: "close" };
  if (!isConditionTag(body)) return undefined;
  const read = condition.exec(body);
  const field = read?.[2]?.trim();
  if (!read || !field)
    return problem(`*|${body}|* has a bad argument: write it like *|IF:FIELD|* or *|IF:FIELD=value|*.`);
  const value = conditionField(field, parsing);
  if (typeof value !== "function") return problem(`*|${body}|*: ${value.text}`);
  const expected = read[3] === undefined ? undefined : comparedValue(read[3], read[4]!);
  if (expected && "fault" in expected) return problem(`*|${body}|* has a bad argument: ${expected.fault}`);
  const test: Test = expected ? comparison(value, read[3]!, expected.value) : (scope) => value(scope) !== "";
  if (read[1] === "ELSEIF") return { is: "else-if", test };
  return { is: "open", test: read[1] === "IFNOT" ? (scope) => !test(scope) : test };
}

/** True for the tags that open, divide or close a condition, known or not. */
export function isConditionTag(body: string): boolean {
  return body === "END:IF" || /^(?:IF|IFNOT|ELSEIF|ELSE)(?::|$)/.test(body);
}

/** The fields a condition may test: any text tag, and three fields of Mailchimp's stock templates. Blank counts as absent. */
function conditionField(field: string, parsing: Parsing): ((scope: Scope) => string) | { text: string } {
  if (field === "ARCHIVE_PAGE") return (scope) => (scope.recipient.archivePage ? "true" : "");
  if (field === "REWARDS") return () => "";
  if (field === "LIST") return () => "true";
  const value = mergeTagValue(field, parsing);
  if ("is" in value) return { text: value.text };
  return (scope) => tidied(value.read(scope));
}

function comparison(read: (scope: Scope) => string, operator: string, expected: string): Test {
  const accepts = operators[operator]!;
  return (scope) => {
    const actual = read(scope);
    return actual === "" ? operator === "!=" : accepts(compare(actual, expected));
  };
}

const operators: Record<string, (order: number) => boolean> = {
  "=": (order) => order === 0,
  "!=": (order) => order !== 0,
  "<": (order) => order < 0,
  ">": (order) => order > 0,
  "<=": (order) => order <= 0,
  ">=": (order) => order >= 0,
};

/** Below, at or above zero as sorting has it: by number if both are numbers, else by text ignoring case. */
function compare(actual: string, expected: string): number {
  if (decimal.test(actual) && decimal.test(expected)) return Number(actual) - Number(expected);
  const one = actual.toLowerCase();
  const other = expected.toLowerCase();
  return one < other ? -1 : one > other ? 1 : 0;
}
