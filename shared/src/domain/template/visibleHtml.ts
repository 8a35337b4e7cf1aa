import { Parser } from "htmlparser2";
import { type Range, without } from "./directiveElements.ts";
import { type Compound, type Declaration, declarationsIn, type HidingRule, hidingRules } from "./hidingRules.ts";

interface Element {
  readonly name: string;
  readonly id: string;
  readonly classes: ReadonlySet<string>;
  /** Text in it has no size; an element in it may give it one again. */
  readonly isSizeless: boolean;
  readonly isInvisible: boolean;
}

/**
 * The HTML without what a browser on a computer does not show: elements hidden by an attribute, by their own style or by
 * a style sheet of the mail, such as the preview line. In doubt an element stays: no rule inside @media hides anything,
 * but one that shows an element counts.
 */
export function visibleHtml(html: string): string {
  const rules = rulesByTarget(hidingRules(styleSheets(html)));
  const cuts: Range[] = [];
  const open: Element[] = [];
  /** Where the outermost hidden element begins, and how many elements are open in it. */
  let hiddenSince = 0;
  let depth = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (depth > 0) {
        depth += 1;
        return;
      }
      const classes = new Set((attributes["class"] ?? "").split(/\s+/).filter(Boolean));
      const id = attributes["id"] ?? "";
      const style = styleOf({ name, id, classes }, open, rules, attributes["style"] ?? "");
      const outer = open.at(-1);
      const isInvisible =
        "visibility" in style ? /^(?:hidden|collapse)/.test(style["visibility"]!) : (outer?.isInvisible ?? false);
      if ("hidden" in attributes || isHidden(style) || (isInvisible && name === "img")) {
        depth = 1;
        hiddenSince = parser.startIndex;
        return;
      }
      const isSizeless = isGiven(style["font-size"]) ? isZero(style["font-size"]) : (outer?.isSizeless ?? false);
      open.push({ name, id, classes, isSizeless, isInvisible });
    },
    ontext() {
      const element = open.at(-1);
      if (depth === 0 && element && (element.isSizeless || element.isInvisible))
        cuts.push({ start: parser.startIndex, end: parser.endIndex + 1 });
    },
    onclosetag(_name, isImplied) {
      if (depth === 0) {
        open.pop();
        return;
      }
      depth -= 1;
      if (depth > 0) return;
      // An element closed by what follows it ends where that begins; one that has no content ends with itself.
      const end = isImplied && parser.startIndex > hiddenSince ? parser.startIndex : parser.endIndex + 1;
      cuts.push({ start: hiddenSince, end });
    },
  });
  parser.end(html);
  return without(html, 0, html.length, cuts);
}

function styleSheets(html: string): string {
  if (!/<style/i.test(html)) return "";
  let css = "";
  let isSheet = false;
  const parser = new Parser({
    onopentag(name, { media }) {
      isSheet = name === "style";
      if (isSheet) css += media === undefined ? "" : `@media ${media.replace(/[{}]/g, "")}{`;
    },
    ontext(text) {
      if (isSheet) css += text;
    },
    onclosetag(name) {
      if (name === "style") css += "}\n";
      isSheet = false;
    },
  });
  parser.end(html);
  return css;
}

type RulesByTarget = ReadonlyMap<string, readonly { readonly rule: HidingRule; readonly order: number }[]>;

/** By what the element of a rule must at least have: `#id`, else `.class`, else the element's name, else nothing. */
function rulesByTarget(rules: readonly HidingRule[]): RulesByTarget {
  const ordered = rules.map((rule, order) => ({ rule, order }));
  return Map.groupBy(ordered, ({ rule }) => {
    const { id, classes, element } = rule.compounds.at(-1)!.compound;
    return id ? `#${id}` : classes[0] !== undefined ? `.${classes[0]}` : element;
  });
}

type Target = Pick<Element, "name" | "id" | "classes">;

/** The values that hold for an element after the cascade, as far as they decide whether it shows. */
function styleOf(
  target: Target,
  ancestors: readonly Target[],
  rules: RulesByTarget,
  own: string,
): Record<string, string> {
  const keys = [`#${target.id}`, ...[...target.classes].map((name) => `.${name}`), target.name, ""];
  const found = keys
    .flatMap((key) => rules.get(key) ?? [])
    .filter(({ rule }) => matches(rule.compounds, target, ancestors))
    .flatMap(({ rule, order }) =>
      rule.declarations.map((declaration) => ({ ...rule, declaration, order, rank: rule.specificity })),
    );
  const inline = declarationsIn(own).map((declaration, order) => ({ declaration, order, rank: 1e9, isCertain: true }));
  const winners = new Map<string, Declaration>();
  const byWeight = [...found, ...inline].sort(
    (one, other) =>
      Number(one.declaration.important) - Number(other.declaration.important) ||
      one.rank - other.rank ||
      one.order - other.order,
  );
  for (const { declaration, isCertain } of byWeight)
    if (isCertain || !hides(declaration)) winners.set(declaration.property, declaration);
  return Object.fromEntries([...winners].map(([property, { value }]) => [property, value]));
}

function matches(compounds: HidingRule["compounds"], target: Target, ancestors: readonly Target[]): boolean {
  if (!fits(compounds.at(-1)!.compound, target)) return false;
  let at = ancestors.length - 1;
  for (let number = compounds.length - 1; number > 0; number -= 1) {
    const { compound } = compounds[number - 1]!;
    if (compounds[number]!.isChild) {
      if (at < 0 || !fits(compound, ancestors[at]!)) return false;
    } else {
      while (at >= 0 && !fits(compound, ancestors[at]!)) at -= 1;
      if (at < 0) return false;
    }
    at -= 1;
  }
  return true;
}

function fits({ element, id, classes }: Compound, target: Target): boolean {
  if (element !== "" && element !== target.name) return false;
  if (id !== "" && id !== target.id) return false;
  return classes.every((name) => target.classes.has(name));
}

function isHidden(style: Record<string, string>): boolean {
  const { display, opacity, overflow = "", "max-height": maximum, height } = style;
  if (display === "none" || (opacity !== undefined && isZero(opacity)) || (maximum !== undefined && isZero(maximum)))
    return true;
  return height !== undefined && isZero(height) && /hidden|clip/.test(overflow);
}

function hides({ property, value }: Declaration): boolean {
  if (property === "display") return value === "none";
  if (property === "visibility") return value !== "visible";
  if (property === "overflow") return /hidden|clip/.test(value);
  return isZero(value);
}

function isZero(value: string): boolean {
  return /^0*\.?0*(?:px|pt|em|rem|%|ex|ch|vh|vw|mm|cm|in)?$/.test(value) && value.includes("0");
}

/** A size of its own: what is relative to the size outside of it is not. */
function isGiven(size: string | undefined): size is string {
  return size !== undefined && (isZero(size) || !/(?:\dem|%|inherit|unset|smaller|larger)$/.test(size));
}
