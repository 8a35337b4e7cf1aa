import fc from "fast-check";
import { hostileText } from "./hostileText.ts";

/** Placeholders of JSON that no value of this process can hold. */
const deep = "@deep@";
const proto = "@proto@";
const raw: Readonly<Record<string, string>> = {
  [`"${deep}"`]: `${"[".repeat(5000)}${"]".repeat(5000)}`,
  [`"${proto}"`]: '"__proto__"',
  '"@huge number@"': "1e999",
};

const values = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      ...[
        null,
        true,
        false,
        0,
        -1,
        1.5,
        2 ** 53,
        -(2 ** 63),
        1e308,
        "",
        " ",
        "0",
        "x".repeat(300_000),
        "@huge number@",
        deep,
      ],
      ...[
        [],
        {},
        [[]],
        [null],
        { [proto]: { isAdmin: true } },
        { constructor: { prototype: { isAdmin: true } } },
        { length: 1e9 },
      ],
      ...[Array(3000).fill(""), Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`k${n}`, n]))],
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

const changes = fc.array(
  fc.record({
    kind: fc.constantFrom("replace", "replace", "add", "delete", "rename"),
    at: fc.nat(9999),
    value: values,
    key: fc.oneof(fc.constantFrom("id", "version", "sk", "pk", "constructor", proto, "toString", "0"), hostileText),
  }),
  { minLength: 1, maxLength: 3 },
);

type Change = typeof changes extends fc.Arbitrary<readonly (infer Of)[]> ? Of : never;

/** JSON made from an example, as text: a value of another type, a missing or added key, a text that breaks out. */
export const hostileJson: fc.Arbitrary<(example: unknown) => string> = changes.map((made) => (example: unknown) => {
  const holder = { root: structuredClone(example) };
  for (const change of made) apply(holder, change);
  const text = JSON.stringify(holder.root ?? null);
  return Object.entries(raw).reduce((all, [mark, meant]) => all.replaceAll(mark, meant), text);
});

function apply(holder: { root: unknown }, { kind, at, value, key }: Change): void {
  const places = placesOf(holder);
  const place = places[at % Math.max(1, places.length)];
  if (!place) return;
  const { parent, name } = place;
  const held = (parent as Record<string, unknown>)[name];
  if (kind === "replace") (parent as Record<string, unknown>)[name] = structuredClone(value);
  else if (kind === "delete") delete (parent as Record<string, unknown>)[name];
  else if (kind === "add" && typeof held === "object" && held !== null) put(held, key, value);
  else if (kind === "rename") {
    delete (parent as Record<string, unknown>)[name];
    put(parent, key, held);
  }
}

/** Also under names such as `__proto__`, which assignment would not make a key. */
function put(into: object, key: string, value: unknown): void {
  Object.defineProperty(into, key, {
    value: structuredClone(value),
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

interface Place {
  readonly parent: object;
  readonly name: string;
}

function placesOf(parent: object): Place[] {
  return Object.entries(parent).flatMap(([name, value]) => [
    { parent, name },
    ...(typeof value === "object" && value !== null && Object.keys(value).length < 50 ? placesOf(value) : []),
  ]);
}
