import type { Pool, PoolAttribute } from "../configItems.ts";
import { ConfigurationError } from "../configurationError.ts";
import type { EventRecord } from "../event.ts";
import type { Participant } from "./participant.ts";
import { type PoolCase, type PoolRule, type PoolType, poolTypeNamed } from "./poolTypes.ts";

/** Pools whose reachable attributes were all checked; made by `checkPools`, which throws on a configuration error. */
export interface CheckedPools {
  /**
   * True if the pool accepts the participant. The name is one of those checked, else ConfigurationError.
   * Also a ConfigurationError: a selected retreat without configuration row, which only shows with a person's data.
   */
  accepts(poolName: string, participant: Participant, event: EventRecord, subEvent: string): boolean;
  /** Why a pool accepts the participant or not, by the rules of `accepts`. ConfigurationError only for an unchecked name. */
  explain(poolName: string, participant: Participant, event: EventRecord, subEvent: string): PoolExplanation;
}

/** What a pool says of one person, and each of its attributes. */
export interface PoolExplanation {
  readonly pool: string;
  readonly accepts: boolean;
  /** Why no one can say: a retreat without configuration row. `accepts` throws with this sentence. */
  readonly problem?: string;
  /** In the order of the pool; it accepts if any attribute does. Without any it accepts no one. */
  readonly attributes: readonly AttributeExplanation[];
}

interface AttributeExplanation {
  readonly attribute: PoolAttribute;
  readonly accepts: boolean;
  readonly problem?: string;
  /** The pools it refers to. */
  readonly pools: readonly PoolExplanation[];
}

/** An attribute as a rule, with the names of the pools it refers to. */
interface CompiledAttribute {
  readonly attribute: PoolAttribute;
  readonly rule: PoolRule;
  readonly pools: readonly string[];
}

/** An attribute whose type and parameters are known to be right. */
interface CheckedAttribute {
  readonly type: PoolType;
  readonly attribute: PoolAttribute;
  /** Parameter → names of the pools it refers to. */
  readonly references: ReadonlyMap<string, readonly string[]>;
}

/**
 * Checks every pool reachable from `names` and compiles them to rules. Throws ConfigurationError naming pool and
 * attribute number (from 1) for an unknown type, a missing parameter, a missing pool or a cycle (chain printed).
 * `events` holds further events the attributes name (see `eventsNamedByPools`); the order's own is given with each question.
 */
export function checkPools(
  pools: ReadonlyMap<string, Pool>,
  names: readonly string[],
  events: ReadonlyMap<string, EventRecord> = new Map(),
): CheckedPools {
  const rules = new Map<string, PoolRule>();
  const compiled = new Map<string, readonly CompiledAttribute[]>();
  visitReachable(pools, names, (name, attributes) => {
    const alternatives = attributes.map((attribute) => compile(attribute, rules, events));
    compiled.set(name, alternatives);
    rules.set(name, askedOnce(anyOf(alternatives.map(({ rule }) => rule))));
  });
  const ruleOf = (poolName: string) => {
    const rule = rules.get(poolName);
    if (!rule) throw new ConfigurationError(`Pool "${poolName}" is not among the pools checked for this run.`);
    return rule;
  };
  const explain = (pool: string, question: PoolCase): PoolExplanation => ({
    pool,
    ...verdictOf(ruleOf(pool), question),
    attributes: (compiled.get(pool) ?? []).map(({ attribute, rule, pools: others }) => ({
      attribute,
      ...verdictOf(rule, question),
      pools: others.map((other) => explain(other, question)),
    })),
  });
  return {
    accepts: (poolName, participant, event, subEvent) => ruleOf(poolName)({ participant, event, subEvent }),
    explain: (poolName, participant, event, subEvent) => explain(poolName, { participant, event, subEvent }),
  };
}

function verdictOf(rule: PoolRule, question: PoolCase): Pick<PoolExplanation, "accepts" | "problem"> {
  try {
    return { accepts: rule(question) };
  } catch (error) {
    if (error instanceof ConfigurationError) return { accepts: false, problem: error.message };
    throw error;
  }
}

/**
 * Codes of the events whose retreats the reachable pools read: their fee limit says which retreats count as selected.
 * Throws as `checkPools`.
 */
export function eventsNamedByPools(pools: ReadonlyMap<string, Pool>, names: readonly string[]): string[] {
  const codes = new Set<string>();
  visitReachable(pools, names, (_, attributes) => {
    for (const { type, attribute } of attributes) {
      if ("retreat" in type.parameters) codes.add(attribute["aid"] as string);
    }
  });
  return [...codes];
}

/** Calls `visit` once for every reachable pool, those it refers to first. */
function visitReachable(
  pools: ReadonlyMap<string, Pool>,
  names: readonly string[],
  visit: (name: string, attributes: readonly CheckedAttribute[]) => void,
): void {
  const done = new Set<string>();
  const enter = (name: string, chain: readonly string[], from: string) => {
    if (chain.includes(name)) {
      const cycle = [...chain.slice(chain.indexOf(name)), name].join(" → ");
      throw new ConfigurationError(`${from} closes a cycle of pools: ${cycle}.`);
    }
    if (done.has(name)) return;
    const pool = pools.get(name);
    if (!pool) throw new ConfigurationError(`${from === "" ? "" : `${from}: `}pool "${name}" does not exist.`);
    if (pool.problem !== undefined)
      throw new ConfigurationError(`${from === "" ? "" : `${from}: `}pool "${name}" does not fit. ${pool.problem}`);
    const attributes = pool.attributes.map((attribute, index) => checkAttribute(attribute, placeOf(name, index)));
    attributes.forEach(({ references }, index) => {
      for (const reference of [...references.values()].flat()) enter(reference, [...chain, name], placeOf(name, index));
    });
    done.add(name);
    visit(name, attributes);
  };
  for (const name of names) enter(name, [], "");
}

function placeOf(poolName: string, index: number): string {
  return `Pool "${poolName}", attribute ${index + 1}`;
}

function checkAttribute(attribute: PoolAttribute, place: string): CheckedAttribute {
  const type = poolTypeNamed(attribute.type);
  if (!type) throw new ConfigurationError(`${place}: the type "${attribute.type}" is unknown.`);
  const references = new Map<string, readonly string[]>();
  for (const [parameter, kind] of Object.entries(type.parameters)) {
    const value = attribute[parameter];
    const texts = kind === "pools" ? value : [value];
    if (!Array.isArray(texts) || texts.length === 0 || !texts.every(isText)) {
      const wanted = kind === "pools" ? "a list of pool names" : kind === "pool" ? "the name of a pool" : "a text";
      throw new ConfigurationError(
        `${place} (${attribute.type}): the parameter "${parameter}" is missing or not ${wanted}.`,
      );
    }
    if (kind !== "text") references.set(parameter, texts);
  }
  return { type, attribute, references };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** The pools the attribute refers to are in `rules` already. */
function compile(
  { type, attribute, references }: CheckedAttribute,
  rules: ReadonlyMap<string, PoolRule>,
  events: ReadonlyMap<string, EventRecord>,
): CompiledAttribute {
  const rule = type.rule({
    text: (parameter) => attribute[parameter] as string,
    pools: (parameter) => (references.get(parameter) ?? []).map((name) => rules.get(name)!),
    eventNamed: (code) => events.get(code),
  });
  return { attribute, rule, pools: [...references.values()].flat() };
}

/** Attributes are joined by OR; a pool without attributes accepts no one. */
function anyOf(alternatives: readonly PoolRule[]): PoolRule {
  if (alternatives.length === 1) return alternatives[0]!;
  return (question) => alternatives.some((accepts) => accepts(question));
}

/** A pool shared by several others is evaluated once per question. */
function askedOnce(rule: PoolRule): PoolRule {
  let last: PoolCase | undefined;
  let isAccepted = false;
  return (question) => {
    if (question !== last) {
      isAccepted = rule(question);
      last = question;
    }
    return isAccepted;
  };
}
