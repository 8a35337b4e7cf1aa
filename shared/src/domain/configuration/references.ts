import { poolTypeNamed } from "../recipients/poolTypes.ts";
import { type Field, fieldsOfKind } from "./fields.ts";
import { type ConfigKind, configKindNames } from "./kinds.ts";

type Item = Readonly<Record<string, unknown>>;

/** One item names another: `path` is where, as `config.pool`. */
export interface Reference {
  readonly path: string;
  readonly kind: ConfigKind;
  readonly key: string;
}

/** The items that an item names. */
export function referencesOf(kind: ConfigKind, key: string, item: Item): readonly Reference[] {
  const named = (fieldsOfKind(kind, key) ?? []).flatMap((field) => inField(field, item[field.name], field.name));
  if (kind === "pool") return [...named, ...poolsNamed(item)];
  return named;
}

function inField(field: Field, value: unknown, path: string): Reference[] {
  const { refersTo, orAll, words = {}, of, fields = [] } = field;
  if (Array.isArray(value)) return of ? value.flatMap((one, index) => inField(of, one, `${path}.${index}`)) : [];
  if (typeof value === "string" && refersTo !== undefined) {
    const isNone = value === "" || (orAll === true && value === "*") || Object.hasOwn(words, value);
    return isNone ? [] : [{ path, kind: refersTo, key: value }];
  }
  if (typeof value !== "object" || value === null) return [];
  if (field.kind === "object")
    return fields.flatMap((inner) => inField(inner, (value as Item)[inner.name], `${path}.${inner.name}`));
  const names = Object.keys(value).map((key) => ({ path: `${path}.${key}`, kind: refersTo, key }));
  return [
    ...names.filter((one): one is Reference => one.kind !== undefined),
    ...Object.entries(value).flatMap(([name, inner]) => (of ? inField(of, inner, `${path}.${name}`) : [])),
  ];
}

/** Parameters of pool types that name pools. */
function poolsNamed({ attributes }: Item): Reference[] {
  if (!Array.isArray(attributes)) return [];
  return attributes.flatMap((attribute: Item, index) => {
    const type = typeof attribute?.["type"] === "string" ? poolTypeNamed(attribute["type"]) : undefined;
    return Object.entries(type?.parameters ?? {})
      .filter(([, kind]) => kind !== "text")
      .flatMap(([parameter]) =>
        [attribute[parameter]]
          .flat()
          .filter((key): key is string => typeof key === "string")
          .map((key) => ({ path: `attributes.${index}.${parameter}`, kind: "pool" as const, key })),
      );
  });
}

/** All items, by kind and key, without what only the table needs. */
export type Configuration = Readonly<Record<ConfigKind, ReadonlyMap<string, Item>>>;

/** An item that names another. */
export interface Use {
  readonly kind: ConfigKind;
  readonly key: string;
  readonly path: string;
}

/** The items that name an item. */
export function usesOf(configuration: Configuration, kind: ConfigKind, key: string): readonly Use[] {
  return configKindNames.flatMap((other) =>
    [...configuration[other]].flatMap(([name, item]) =>
      referencesOf(other, name, item)
        .filter((reference) => reference.kind === kind && reference.key === key)
        .map(({ path }) => ({ kind: other, key: name, path })),
    ),
  );
}
