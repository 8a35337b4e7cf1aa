import { type Field, fieldsOfKind } from "./fields.ts";
import type { ConfigKind } from "./kinds.ts";

/** Paths of the values that never leave the server: `password`, `dkim.privateKey`. */
export function secretPaths(fields: readonly Field[]): readonly (readonly string[])[] {
  return fields.flatMap(({ name, kind, fields: inner = [] }) => {
    if (kind === "secret") return [[name]];
    return secretPaths(inner).map((path) => [name, ...path]);
  });
}

/** A copy of an item's fields without the values that never leave the server. */
export function withoutSecrets(
  kind: ConfigKind,
  key: string,
  fields: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const paths = secretPaths(fieldsOfKind(kind, key) ?? []);
  const copy = structuredClone(fields) as Record<string, unknown>;
  for (const path of paths) {
    const parents = path.slice(0, -1);
    const parent = parents.reduce<unknown>(
      (value, name) => (value as Record<string, unknown> | undefined)?.[name],
      copy,
    );
    if (typeof parent === "object" && parent !== null) delete (parent as Record<string, unknown>)[path.at(-1) ?? ""];
  }
  return copy;
}
