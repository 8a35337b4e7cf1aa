/** A condition on one value, as Lambda's event filtering writes it: the value itself, or whether there is one. */
type Rule = string | { readonly exists: boolean };

/** A filter pattern: conditions at the leaves, of which one must hold each; everything it names must fit. */
export interface FilterPattern {
  readonly [name: string]: FilterPattern | readonly Rule[];
}

/**
 * Whether a record passes a filter of a Lambda event source mapping. Knows equality and `exists`, which is true of leaves
 * only. Source: "Filter rule syntax" in the AWS Lambda Developer Guide. Throws for a rule it does not know, rather than let a
 * record pass that Lambda would drop.
 */
export function matchesFilter(record: unknown, pattern: FilterPattern): boolean {
  return Object.entries(pattern).every(([name, expected]) => {
    const value = isObject(record) && Object.hasOwn(record, name) ? record[name] : undefined;
    return isRules(expected) ? expected.some((rule) => holds(rule, value)) : matchesFilter(value, expected);
  });
}

function holds(rule: Rule, value: unknown): boolean {
  if (typeof rule === "string") return value === rule;
  if (Object.keys(rule).join() !== "exists")
    throw new Error(`The stream pump knows no filter rule ${JSON.stringify(rule)}.`);
  return (value !== undefined && !isObject(value)) === rule.exists;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isRules(value: FilterPattern | readonly Rule[]): value is readonly Rule[] {
  return Array.isArray(value);
}
