import type { Condition, OrderWrite, Path } from "../domain/lifecycle/orderWrite.ts";

/** The parts of a DynamoDB update that an OrderWrite becomes. */
export interface OrderExpression {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

interface Tokens {
  name(path: Path): string;
  value(value: unknown): string;
  readonly names: Record<string, string>;
  readonly values: Record<string, unknown>;
}

/**
 * Turns a write into one update: the item exists, its conditions hold, `version` + 1. Where a write names a path twice
 * the last one counts, for DynamoDB refuses overlapping paths.
 */
export function orderExpression(write: OrderWrite): OrderExpression {
  const tokens = newTokens();
  const changes = new Map<string, { path: Path; value?: unknown }>();
  for (const path of write.remove) changes.set(path.join("\u0000"), { path });
  for (const [path, value] of write.set) changes.set(path.join("\u0000"), { path, value });

  const version = tokens.name(["version"]);
  const sets = [`${version} = ${version} + ${tokens.value(1)}`];
  const removes: string[] = [];
  for (const { path, value } of changes.values()) {
    if (value === undefined) removes.push(tokens.name(path));
    else sets.push(`${tokens.name(path)} = ${tokens.value(value)}`);
  }
  const conditions = [`attribute_exists(${tokens.name(["id"])})`, ...write.when.map((one) => condition(one, tokens))];
  return {
    UpdateExpression: `SET ${sets.join(", ")}${removes.length > 0 ? ` REMOVE ${removes.join(", ")}` : ""}`,
    ConditionExpression: [...new Set(conditions)].join(" AND "),
    ExpressionAttributeNames: tokens.names,
    ExpressionAttributeValues: tokens.values,
  };
}

function condition(one: Condition, tokens: Tokens): string {
  const name = tokens.name(one.path);
  if ("exists" in one) return `${one.exists ? "attribute_exists" : "attribute_not_exists"}(${name})`;
  if ("absentOr" in one) return `(attribute_not_exists(${name}) OR ${name} = ${tokens.value(one.absentOr)})`;
  return `${name} = ${tokens.value(one.equals)}`;
}

function newTokens(): Tokens {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const known = new Map<string, string>();
  const token = (prefix: string, key: string, add: (token: string) => void) => {
    const found = known.get(prefix + key);
    if (found) return found;
    const made = `${prefix}${known.size}`;
    known.set(prefix + key, made);
    add(made);
    return made;
  };
  return {
    names,
    values,
    name: (path) =>
      path
        .map((part) =>
          token("#a", part, (made) => {
            names[made] = part;
          }),
        )
        .join("."),
    value: (value) =>
      token(":v", JSON.stringify(value), (made) => {
        values[made] = value;
      }),
  };
}
