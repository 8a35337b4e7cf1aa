import fc from "fast-check";
import { expect, test } from "vitest";
import { anEvent, someSettings } from "../../../testing/builders.ts";
import { faults, html, person } from "../../../testing/mailBuilders.ts";

test("acceptance 22: nested conditions render in both notations, mixed and within one line", () => {
  const oathed = ({ first }: { first?: string | null | undefined }) => first === "Ana";
  const line =
    "*|IF:FNAME=ana|*#if oathed<b>1</b>*|IF:COUNTRY|*2*|ELSE:|*3*|END:IF|*#else 4 #endif*|ELSE:|*#if oathed<i>5</i>#else 6 #endif*|END:IF|*";
  expect(html(line, { oathed }, person({ first: "Ana", country: "Peru" }))).toBe("<b>1</b>2");
  expect(html(line, { oathed }, person({ first: "Ana" }))).toBe("<b>1</b>3");
  expect(html(line, { oathed: () => false }, person({ first: "ANA" }))).toBe(" 4 ");
  expect(html(line, { oathed: () => true }, person({ first: "Bo" }))).toBe("<i>5</i>");
  expect(html(line, { oathed }, person({ first: "Bo" }))).toBe(" 6 ");
});

test("acceptance 22: elements that hold only a directive are removed", () => {
  const source =
    '<p class="x">#if oathed</p>\n<p>Yes</p>\n<div><span style="a">&nbsp;<b>#else</b></span><br></div>\n<ul><li>No</li><li>*|IF:FNAME|*</li><li>And</li><li>*|END:IF|*</li></ul>\n<p>#endif</p><td>#if oathed</td>#endif';
  expect(html(source, { oathed: () => true })).toBe("\n<p>Yes</p>\n<td></td>");
  expect(html(source, { oathed: () => false }, person({ first: "" }))).toBe("\n<ul><li>No</li></ul>\n<td>");
  expect(html("<p><img>#if oathed</p>x<p>#endif</p>", { oathed: () => true })).toBe("<p><img></p>x");
});

test("conditions compare ignoring case, by number where both are numbers; an absent field makes all but != false", () => {
  const of = (condition: string, country?: string) =>
    html(`*|IF:COUNTRY${condition}|*y*|ELSE:|*n*|END:IF|*`, {}, person({ country }));
  expect(["=spain", "!=SPAIN", "<Sz", ">=Spain", ">z"].map((condition) => of(condition, "Spain"))).toEqual([
    "y",
    "n",
    "y",
    "y",
    "n",
  ]);
  expect(["<10", ">10", "&lt;=9", "=9.0", "!=9"].map((condition) => of(condition, "9"))).toEqual([
    "y",
    "n",
    "y",
    "y",
    "n",
  ]);
  expect(["=x", "!=x", "<x", ">x", "<=x", ">=x", ""].map((condition) => of(condition))).toEqual([
    "n",
    "y",
    "n",
    "n",
    "n",
    "n",
    "n",
  ]);
});

test.each([
  '="ES"',
  "='ES'",
  "=\u201cES\u201d",
  "=\u201eES\u201c",
  "=\u2018ES\u2019",
  "=\u00abES\u00bb",
  "=&quot;ES&quot;",
  "=&#34;ES&#34;",
  "=&ldquo;ES&rdquo;",
  '= " ES "',
  '="es"',
  ">='ES'",
])("acceptance 44: quotes around the value of a condition are no part of it: %s", (condition) => {
  const of = (country: string) => html(`*|IF:COUNTRY${condition}|*y*|ELSE:|*n*|END:IF|*`, {}, person({ country }));
  expect([of("ES"), of("DE")]).toEqual(["y", "n"]);
});

test("acceptance 44: quotes make a value of words that join conditions elsewhere, and an apostrophe is no quote", () => {
  const of = (condition: string, country: string) =>
    html(`*|IF:COUNTRY=${condition}|*y*|ELSE:|*n*|END:IF|*`, {}, person({ country }));
  expect(of('"AND OR"', "AND OR")).toBe("y");
  expect(of('"a=b"', "a=b")).toBe("y");
  expect(of("'s-Hertogenbosch", "'s-Hertogenbosch")).toBe("y");
  expect(of("Bosnia and Herzegovina", "Bosnia and Herzegovina")).toBe("y");
  expect(of("Black & White", "Black & White")).toBe("y");
});

test.each([
  ["COUNTRY==ES", "== is no comparison"],
  ["COUNTRY=>5", "=> is no comparison"],
  ["COUNTRY<>ES", "<> is no comparison"],
  ["COUNTRY=ES AND FNAME=Ana", "AND is not supported here"],
  ["COUNTRY=ES OR FR", "OR is not supported here"],
  ["COUNTRY=ES && FNAME=Ana", "&& is not supported here"],
  ["COUNTRY=ES &amp;&amp; FNAME=Ana", "&& is not supported here"],
  ['COUNTRY="ES" OR COUNTRY="FR"', "one comparison"],
  ["COUNTRY='ES' and FNAME='Ana'", "one comparison"],
  ['COUNTRY="ES","FR"', "one comparison"],
  ["COUNTRY=ES or COUNTRY=FR", "one comparison"],
  ['COUNTRY="ES', "not closed"],
  ["COUNTRY=\u201cES", "not closed"],
  ['COUNTRY=""', "empty"],
  ["COUNTRY=", "there is no value after"],
  ["COUNTRY OR FNAME", "Unknown tag"],
  ["COUNTRY EQ ES", "Unknown tag"],
  ["(COUNTRY=ES)", "Unknown tag"],
  ["!COUNTRY", "bad argument"],
])("acceptance 44: a condition that cannot be judged is an error with its place: %s", (condition, text) => {
  const findings = faults(`<p>\n*|IF:${condition}|*y*|ELSE:|*n*|END:IF|*</p>`);
  expect(findings).toEqual([expect.objectContaining({ rule: "Q1", severity: "error", line: 2, column: 1 })]);
  expect(findings[0]!.text).toContain(text);
});

test.each([
  ["#if offering 'weekend'\nx #endif", []],
  ["#if retreats “a”\nx #endif", []],
  ["#if retreats a,\nx #endif", ['"a,"']],
  ["#if retreats a OR\nx #endif", ['"OR"']],
  ["#if retreats =a\nx #endif", ['"=a"']],
  ["#if oathed == true\nx #endif", ["surplus words"]],
])("acceptance 44: house conditions take quotes off and refuse what they cannot judge: %s", (source, expected) => {
  expect(faults(source).map(({ text }) => text)).toEqual(expected.map((part) => expect.stringContaining(part)));
});

test("instalment events: #if offering asks whether everything is paid", () => {
  const event = anEvent({
    config: { offeringPresentation: "installments", whichRetreatsConfig: { a: { offeringTotal: 10 } } },
  });
  const of = (offeringAmount: number) =>
    html(
      "#if offering weekend\npaid #endif",
      { event },
      person({
        programs: {
          E2026: {
            whichRetreats: { a: true },
            offeringHistory: { weekend: { installments: { one: { offeringAmount } } } },
          },
        },
      }),
    );
  expect([of(9.99), of(10)]).toEqual(["", "\npaid "]);
});

type Tree =
  | string
  | {
      letter: string;
      negated: boolean;
      yes: Tree[];
      elseIf?: { letter: string; nodes: Tree[] };
      no?: Tree[];
      house: boolean;
    };

const letter = fc.constantFrom("a", "b", "c");
const { forest } = fc.letrec<{ forest: Tree[]; tree: Tree }>((tie) => ({
  forest: fc.array(tie("tree"), { maxLength: 3, depthIdentifier: "tree" }),
  tree: fc.oneof(
    { depthIdentifier: "tree", maxDepth: 4, withCrossShrink: true },
    fc.constantFrom("one", "two", "three"),
    fc.record(
      {
        letter,
        negated: fc.boolean(),
        yes: tie("forest"),
        elseIf: fc.record({ letter, nodes: tie("forest") }),
        no: tie("forest"),
        house: fc.boolean(),
      },
      { requiredKeys: ["letter", "negated", "yes", "house"] },
    ),
  ),
}));

/** The oracle: the value of a tree for a person with these letters. */
function wordsOf(nodes: readonly Tree[], holds: ReadonlySet<string>): string[] {
  return nodes.flatMap((node) => {
    if (typeof node === "string") return [node];
    if (holds.has(node.letter) !== node.negated) return wordsOf(node.yes, holds);
    if (node.elseIf && holds.has(node.elseIf.letter)) return wordsOf(node.elseIf.nodes, holds);
    return wordsOf(node.no ?? [], holds);
  });
}

/** The tree as an author writes it, all in one line or one directive a line; `#if` knows neither "not" nor "else if". */
function written(nodes: readonly Tree[], inHouse: (wish: boolean) => boolean, end: string): string {
  return nodes
    .map((node) => {
      if (typeof node === "string") return ` ${node} `;
      const inner = (part: readonly Tree[]) => written(part, inHouse, end);
      if (inHouse(node.house)) {
        const rest = node.elseIf
          ? ` #else #if retreats ${node.elseIf.letter}${end}${inner(node.elseIf.nodes)} #else ${inner(node.no ?? [])} #endif`
          : node.no
            ? ` #else ${inner(node.no)}`
            : "";
        const both = node.negated
          ? ` #if retreats ${node.letter}${end}${rest.replace(" #else ", "")} #else ${inner(node.yes)} #endif`
          : ` #if retreats ${node.letter}${end}${inner(node.yes)}${rest} #endif`;
        return both;
      }
      const elseIf = node.elseIf ? `*|ELSEIF:${node.elseIf.letter.toUpperCase()}|*${inner(node.elseIf.nodes)}` : "";
      const no = node.no ? `*|ELSE:|*${inner(node.no)}` : "";
      return `*|${node.negated ? "IFNOT" : "IF"}:${node.letter.toUpperCase()}|*${inner(node.yes)}${elseIf}${no}*|END:IF|*`;
    })
    .join("");
}

const whichRetreats = "programs.E2026.whichRetreats";
const letterFields = { A: `${whichRetreats}.a`, B: `${whichRetreats}.b`, C: `${whichRetreats}.c` };

test("acceptance 22: any nesting of conditions comes out right in either notation, and mixed", () => {
  const settings = someSettings({ mergeFields: letterFields });
  fc.assert(
    fc.property(forest, fc.subarray(["a", "b", "c"]), fc.constantFrom("<b></b>", "\n", "<br>"), (trees, held, end) => {
      const programs = { E2026: { whichRetreats: Object.fromEntries(held.map((key) => [key, true])) } };
      const expected = wordsOf(trees, new Set(held));
      for (const inHouse of [() => true, () => false, (wish: boolean) => wish]) {
        const rendered = html(written(trees, inHouse, end), { settings }, person({ programs }));
        expect(
          rendered
            .replace(/<[^>]*>/g, " ")
            .split(/\s+/)
            .filter(Boolean),
        ).toEqual(expected);
      }
    }),
  );
});
