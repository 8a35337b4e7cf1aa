import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import { fileVersion, itemFields, sectionOf, valueFields } from "./configurationFile.ts";
import { type Field, fieldsOfKind } from "./fields.ts";
import { type ConfigKind, configKindNames, keyOf, keyParts, kindOf } from "./kinds.ts";

type Fields = Readonly<Record<string, unknown>>;

/** `what`: the section, item or field it is about, as `stages.reg.pools`. Line and column count from 1; a fault without them is about what the file lacks. */
export interface FileFault {
  readonly what: string;
  readonly line?: number;
  readonly column?: number;
  /** What is wrong and what repairs it. */
  readonly sentence: string;
}

export interface FileItem {
  readonly kind: ConfigKind;
  readonly key: string;
  /** As they are stored, without those of the key. */
  readonly fields: Fields;
}

export interface ConfigurationFile {
  readonly items: readonly FileItem[];
  /** The kinds that the file has a section for. */
  readonly sections: ReadonlySet<ConfigKind>;
  /** The file says that its sections hold all there is to be. */
  readonly isComplete: boolean;
  readonly faults: readonly FileFault[];
  /** A fault at a field of an item (`config.pool`); at the item where the file does not hold the field, or without a path (""). */
  faultAt(item: Pick<FileItem, "kind" | "key">, path: string, sentence: string): FileFault;
}

/** An item and where it is. */
interface PlacedItem extends FileItem {
  readonly name: Node;
  readonly value: Node | null;
}

type Refuse = (node: Node | null | undefined, what: string, sentence: string) => void;

const kindOfSection = new Map(configKindNames.map((kind) => [sectionOf(kind), kind]));

/** Reads a file of the configuration. It never throws: `faults` says what does not fit. */
export function readConfigurationFile(text: string): ConfigurationFile {
  const lines = new LineCounter();
  const faults: FileFault[] = [];
  const placeAt = (offset: number | undefined) => {
    if (offset === undefined) return {};
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const refuse: Refuse = (node, what, sentence) => faults.push({ what, ...placeAt(node?.range?.[0]), sentence });
  const document = parsed(text, lines);
  for (const { pos, message } of document?.errors ?? [])
    faults.push({
      what: "the file",
      ...placeAt(pos[0]),
      sentence: `This is not YAML: ${message.replace(/\.?$/, ".")}`,
    });
  if (!document) refuse(undefined, "the file", "The file is nested too deeply.");
  const root = document && faults.length === 0 ? rootOf(document, refuse) : undefined;
  const sections = root ? sectionsOf(root, refuse) : new Map<ConfigKind, Node | null>();
  const placed = [...sections].flatMap(([kind, node]) => (document ? itemsIn(document, kind, node, [], refuse) : []));
  const byName = new Map(placed.map((item) => [`${item.kind}/${item.key}`, item]));
  const faultAt: ConfigurationFile["faultAt"] = ({ kind, key }, path, sentence) => {
    const names = path === "" ? [] : path.split(".").slice(valueFields[kind] === undefined ? 0 : 1);
    const item = byName.get(`${kind}/${key}`);
    const found = item && nodeAt(item, names);
    const isUnquoted = isScalar(found?.value) && typeof found.value.value !== "string" && isTextWanted.test(sentence);
    return {
      what: [whatIs(kind, Object.values(keyParts(kind, key))), ...names].join("."),
      ...placeAt(found?.name.range?.[0]),
      sentence: isUnquoted ? "Put quotation marks around the value: it is a text." : sentence,
    };
  };
  for (const item of placed)
    for (const { path, sentence } of strangeFields(item)) faults.push(faultAt(item, path.join("."), sentence));
  return {
    items: placed.map(({ kind, key, fields }) => ({ kind, key, fields })),
    sections: new Set(sections.keys()),
    isComplete: root !== undefined && valueIn(root, "complete") === true,
    faults,
    faultAt,
  };
}

/** What is said of a number where a text belongs. */
const isTextWanted = /^Enter a text\.$/;

/** Undefined if it is nested too deeply: the parser calls itself for each level. */
function parsed(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The names and values of the file. Names become texts, `2026` too, and values are where they count. */
function rootOf(document: Document.Parsed, refuse: Refuse): YAMLMap<Node, Node> | undefined {
  let isPlain = true;
  visit(document, {
    Alias(_, node) {
      isPlain = false;
      refuse(node, "the file", `Write the value itself in place of *${node.source}.`);
    },
    Pair(_, { key }) {
      if (isScalar(key)) key.value = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
      else isPlain = false;
      if (!isScalar(key)) refuse(key as Node, "the file", "A name must be a plain text.");
    },
  });
  const root = document.contents;
  if (isMap<Node, Node>(root) && valueIn(root, fileVersion.field) === fileVersion.value)
    return isPlain ? root : undefined;
  const given = isMap<Node, Node>(root) ? root.get(fileVersion.field, true) : undefined;
  const sentence = given
    ? `Only files of version ${fileVersion.value} can be read here: export it again from an installation of this release.`
    : `Begin the file with the line "${fileVersion.field}: ${fileVersion.value}", as exports do.`;
  refuse(given ?? root, "the file", sentence);
  return undefined;
}

function sectionsOf(root: YAMLMap<Node, Node>, refuse: Refuse): Map<ConfigKind, Node | null> {
  const sections = new Map<ConfigKind, Node | null>();
  for (const { key, value } of root.items) {
    const name = nameIn(key);
    const kind = kindOfSection.get(name);
    if (kind) sections.set(kind, value);
    else if (name === "complete") {
      if (typeof valueIn(root, name) !== "boolean") refuse(key, name, "Write true or false.");
    } else if (name !== fileVersion.field)
      refuse(key, name, `There is no section "${name}". There are ${[...kindOfSection.keys()].join(", ")}.`);
  }
  return sections;
}

/** The items below a node, which is a section or, of keys with several parts, what has the first `parts` of them. */
function itemsIn(
  document: Document.Parsed,
  kind: ConfigKind,
  node: Node | null,
  parts: readonly string[],
  refuse: Refuse,
): PlacedItem[] {
  const { keyFields, plural } = kindOf(kind);
  if (node === null || (isScalar(node) && node.value === null)) return [];
  if (!isMap<Node, Node>(node)) {
    refuse(node, whatIs(kind, parts), `Write the ${plural} below it, each by its ${keyFields[parts.length]}.`);
    return [];
  }
  return node.items.flatMap(({ key: name, value }) => {
    const names = [...parts, nameIn(name)];
    if (names.length < keyFields.length) return itemsIn(document, kind, value, names, refuse);
    const key = keyOf(kind, Object.fromEntries(keyFields.map((field, index) => [field, names[index]])));
    const fields = fieldsIn(document, kind, whatIs(kind, names), { key: name, value } as Pair<Node, Node>, refuse);
    return fields ? [{ kind, key, fields, name, value }] : [];
  });
}

function fieldsIn(document: Document.Parsed, kind: ConfigKind, what: string, pair: Pair<Node, Node>, refuse: Refuse) {
  const plain: unknown = pair.value?.toJS(document) ?? null;
  const only = valueFields[kind];
  if (only !== undefined) return { [only]: plain };
  if (plain === null) return {};
  if (isMap(pair.value)) return plain as Fields;
  refuse(pair.key, what, `Write the fields of the ${kindOf(kind).title} below it, a line for each.`);
  return undefined;
}

interface Strange {
  readonly path: readonly string[];
  readonly sentence: string;
}

/** Names that nothing reads, and values that do not belong in a file. */
function strangeFields({ kind, key, fields }: FileItem): Strange[] {
  if (!fieldsOfKind(kind, key)) return [];
  const inKey = keyParts(kind, key);
  const named = Object.keys(fields).filter((name) => Object.hasOwn(inKey, name));
  const others = Object.fromEntries(Object.entries(fields).filter(([name]) => !Object.hasOwn(inKey, name)));
  return [
    ...named.map((name) => ({ path: [name], sentence: "Remove the line: the name before the colon above says it." })),
    ...strangeIn(itemFields(kind, key), others, false, []),
  ];
}

function strangeIn(fields: readonly Field[], value: Fields, isOpen: boolean, at: readonly string[]): Strange[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const field = fields.find((one) => one.name === name);
    if (field) return strangeValue(field, inner, [...at, name]);
    if (isOpen) return [];
    const known = fields.map((one) => one.name).join(", ");
    return [{ path: [...at, name], sentence: `There is no field "${name}". There are ${known}.` }];
  });
}

function strangeValue(field: Field, value: unknown, path: readonly string[]): Strange[] {
  const { kind, of, fields, open = false } = field;
  if (kind === "secret")
    return [{ path, sentence: "Remove the line: passwords and keys are entered on the page of the item only." }];
  if (typeof value !== "object" || value === null) return [];
  if (fields && !Array.isArray(value)) return strangeIn(fields, value as Fields, open, path);
  return of ? Object.entries(value).flatMap(([name, inner]) => strangeValue(of, inner, [...path, name])) : [];
}

interface Found {
  /** The name, or the entry of a list. */
  readonly name: Node;
  readonly value: Node | null;
}

/** The part of an item at a path, or the innermost around it that the file holds. */
function nodeAt(item: PlacedItem, path: readonly string[]): Found {
  let found: Found = item;
  for (const name of path) {
    const next = childOf(found.value, name);
    if (!next) break;
    found = next;
  }
  return found;
}

function childOf(node: Node | null, name: string): Found | undefined {
  if (isSeq<Node>(node)) {
    const entry = node.items[Number(name)];
    return entry && { name: entry, value: entry };
  }
  const pair = isMap<Node, Node>(node) ? node.items.find(({ key }) => nameIn(key) === name) : undefined;
  return pair && { name: pair.key, value: pair.value };
}

function nameIn(node: Node): string {
  return isScalar(node) ? String(node.value) : "";
}

function valueIn(map: YAMLMap<Node, Node>, name: string): unknown {
  const node = map.get(name, true);
  return isScalar(node) ? node.value : undefined;
}

function whatIs(kind: ConfigKind, parts: readonly string[]): string {
  return [sectionOf(kind), ...parts].join(".");
}
