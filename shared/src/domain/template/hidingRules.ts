/** The properties by which templates hide their preview line, as far as a browser shows nothing then. */
const properties = new Set(["display", "visibility", "opacity", "font-size", "max-height", "height", "overflow"]);

export interface Declaration {
  readonly property: string;
  readonly value: string;
  readonly important: boolean;
}

/** One compound of a selector: `p.a.b#c`; `isCertain` is false if it has further conditions. */
export interface Compound {
  readonly element: string;
  readonly id: string;
  readonly classes: readonly string[];
  readonly isCertain: boolean;
}

export interface HidingRule {
  /** Outermost first; the last one is the element the rule is about. */
  readonly compounds: readonly { readonly compound: Compound; readonly isChild: boolean }[];
  readonly specificity: number;
  readonly declarations: readonly Declaration[];
  /** False inside a block such as @media, or with a selector that is not understood: it may apply or not. */
  readonly isCertain: boolean;
}

/** A sheet of a mail has some dozens; what is beyond hides nothing. */
const rulesLimit = 1000;

/**
 * The rules of a style sheet that hide elements or show them, in order. Blocks for other media than a screen of a
 * computer are left out.
 */
export function hidingRules(css: string): HidingRule[] {
  const plain = css
    .replace(/\/\*[\s\S]*?(?:\*\/|$)/g, " ")
    .replace(/"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/g, '""')
    .replace(/<!--|-->/g, " ");
  const rules: HidingRule[] = [];
  const open: string[] = [];
  for (const [, text = "", brace] of plain.matchAll(/([^{}]*)([{}])/g)) {
    if (rules.length >= rulesLimit) break;
    if (brace === "{") {
      open.push(text.slice(text.lastIndexOf(";") + 1).trim());
      continue;
    }
    const prelude = open.pop() ?? "";
    if (prelude.startsWith("@") || !open.every(mayApply)) continue;
    const declarations = declarationsIn(text);
    if (declarations.length === 0) continue;
    for (const selector of prelude.split(",")) {
      const compounds = compoundsOf(selector.trim());
      if (!compounds) continue;
      const isCertain = open.every(applies) && compounds.every(({ compound }) => compound.isCertain);
      rules.push({ compounds, specificity: specificityOf(compounds), declarations, isCertain });
    }
  }
  return rules;
}

/** The declarations about hiding in a style attribute or the body of a rule. */
export function declarationsIn(text: string): Declaration[] {
  if (!/display|visibility|opacity|font|height|overflow/i.test(text)) return [];
  return text.split(";").flatMap((part) => {
    const colon = part.indexOf(":");
    const property = part.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (!properties.has(property)) return [];
    const given = part
      .slice(colon + 1)
      .trim()
      .toLowerCase();
    const value = given.replace(/\s*!\s*important$/, "");
    return [{ property, value, important: value !== given }];
  });
}

/** A block for every screen, whatever its size: `@media all`, `@media only screen`. */
function applies(prelude: string): boolean {
  return /^@media\s*(?:[^,]*,)*\s*(?:(?:only\s+)?(?:all|screen))?\s*(?:,|$)/i.test(prelude);
}

/** A block a computer's screen may apply: not one for small screens alone, for print or for dark mode. */
function mayApply(prelude: string): boolean {
  if (/^@(?:supports|layer|container)\b/i.test(prelude)) return true;
  if (!/^@media\b/i.test(prelude)) return false;
  return prelude
    .slice("@media".length)
    .split(",")
    .some(
      (query) =>
        !/max-(?:device-)?width|\bprint\b|\bspeech\b|prefers-color-scheme:\s*dark|pointer:\s*coarse/i.test(query),
    );
}

const name = "(?:[\\w-]|[^\\x00-\\x7f]|\\\\.)+";
const compoundForm = new RegExp(`^(${name}|\\*)?((?:[.#]${name})*)((?:[:[].*)?)$`, "s");

function compoundsOf(selector: string): HidingRule["compounds"] | undefined {
  const parts = selector
    .replace(/\s*>\s*/g, " >")
    .replace(/\s*[+~]\s*/g, " ~")
    .split(/\s+/);
  // What is beside an element is not looked at: only the last part of such a selector counts, and counts as uncertain.
  const beside = parts.findLastIndex((part) => part.startsWith("~"));
  const compounds = parts.slice(Math.max(0, beside)).map((part) => {
    const isChild = part.startsWith(">");
    const read = compoundForm.exec(part.replace(/^[>~]/, ""));
    if (!read || read[0] === "") return undefined;
    const names = [...(read[2] ?? "").matchAll(new RegExp(`([.#])(${name})`, "g"))];
    const of = (mark: string) => names.filter(([, found]) => found === mark).map((found) => unescaped(found[2]!));
    const element = read[1] === undefined || read[1] === "*" ? "" : read[1].toLowerCase();
    const compound = { element, id: of("#")[0] ?? "", classes: of("."), isCertain: read[3] === "" && beside < 0 };
    return { compound, isChild };
  });
  return compounds.every((compound) => compound !== undefined) ? compounds : undefined;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, "$1");
}

function specificityOf(compounds: HidingRule["compounds"]): number {
  return compounds.reduce(
    (sum, { compound: { element, id, classes } }) => sum + (id ? 10_000 : 0) + classes.length * 100 + (element ? 1 : 0),
    0,
  );
}
