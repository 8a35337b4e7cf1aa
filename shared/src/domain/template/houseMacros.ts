import {
  balanceCents,
  hasOfferingActivity,
  isInstallmentEvent,
  paidInFull,
  selectedRetreats,
} from "../recipients/offering.ts";
import { personName } from "../recipients/personName.ts";
import { unquoted } from "./comparedValue.ts";
import { bracketedMacros } from "./directives.ts";
import { hashtagProblem } from "./hashMacros.ts";
import type { MailSettings } from "./mail.ts";
import type { Test } from "./templateNodes.ts";
import { constant, type Meaning, ofParticipant, problem } from "./vocabulary.ts";

const known = `${bracketedMacros.map((name) => `||${name}||`).join(", ")}, #salutation, #reglink, #retreats, #offeringsection, #if, #else, #endif`;

/** True for the name of a macro written between bars. */
export function isBracketedMacro(name: string): boolean {
  return bracketedMacros.includes(name);
}

/** The meaning of `||…||`. */
export function bracketedMacro(body: string, settings: MailSettings): Meaning {
  const notation = `||${body}||`;
  switch (body) {
    case "name":
      return { is: "value", value: ofParticipant(notation, personName) };
    case "pid":
      // An id is a key, not a text to be tidied.
      return { is: "value", value: { kind: "text", notation, read: (scope) => scope.recipient.participant.id } };
    case "aid":
      return { is: "value", value: constant(notation, settings.event.aid) };
    case "hash":
      if (!settings.configured.hash) {
        return problem("||hash|| cannot be filled in: REGISTRATION_HASH_SECRET is not configured.");
      }
      return { is: "value", value: { kind: "text", notation, read: (scope) => scope.recipient.hash } };
    case "coord-email":
      return { is: "value", value: constant(notation, settings.replyTo, "address") };
    case "retreats":
      return { is: "retreats" };
    case "balance":
      return balance(notation, settings);
    default:
      return problem(`Unknown macro ${notation}. Known macros: ${known}.`);
  }
}

/** The meaning of a `#` macro: `body` is its name and its arguments, divided by single spaces. */
export function hashMacro(body: string, settings: MailSettings): Meaning {
  const [name, ...given] = body.split(" ");
  switch (name) {
    case "salutation":
      return { is: "prompt", key: "salutation" };
    case "reglink":
      return { is: "prompt", key: settings.event.config.reglinkv2 ? "reglinkv2" : "reglink" };
    case "retreats":
      return { is: "retreats" };
    case "offeringsection":
      return offeringSection(given, settings);
    case "if":
      return houseCondition(given, settings);
    case "else":
      return { is: "else" };
    case "endif":
      return { is: "close" };
    default:
      return problem(hashtagProblem(name!) ?? `Unknown macro #${name}. Known macros: ${known}.`);
  }
}

function balance(notation: string, { event }: MailSettings): Meaning {
  const currency = event.config.currency?.trim();
  if (!currency) return problem(`${notation} cannot be filled in: event ${event.aid} has no config.currency.`);
  const amount = (cents: number) => `${(cents / 100).toFixed(2)} ${currency}`;
  return { is: "value", value: ofParticipant(notation, (participant) => amount(balanceCents(participant, event))) };
}

function offeringSection(given: readonly string[], settings: MailSettings): Meaning {
  if (given.length > 1) return surplus("#offeringsection", given, 1);
  const subEvent = given[0] ?? settings.subEvent;
  const unknown = unknownSubEvent("#offeringsection", subEvent, settings);
  return unknown ?? { is: "prompt", key: "offeringsection", subEvent };
}

function houseCondition(words: readonly string[], settings: MailSettings): Meaning {
  const given = words.map(unquoted);
  const [name, ...rest] = given;
  const shown = excerptOf(words);
  switch (name) {
    case "oathed": {
      if (rest.length > 0) return surplus("#if oathed", rest, 0);
      const { oathed } = settings;
      if (!oathed) return problem("#if oathed cannot be judged: there is no pool named oath.");
      return { is: "open", test: (scope) => oathed(scope.recipient.participant) };
    }
    case "offering": {
      if (rest.length > 1) return surplus("#if offering", rest, 1);
      if (rest[0] === undefined) return problem("#if offering needs a sub-event: #if offering <sub-event>.");
      return (
        unknownSubEvent("#if offering", rest[0], settings) ?? { is: "open", test: offeringTest(rest[0], settings) }
      );
    }
    case "retreats": {
      if (rest.length > 2) return surplus("#if retreats", rest, 2);
      if (rest.length === 0) return problem("#if retreats needs a prefix: #if retreats <prefix> [<prefix>].");
      const odd = rest.find((prefix) => !retreatKey.test(prefix) || operatorWords.includes(prefix));
      if (odd !== undefined) {
        return problem(
          `#if retreats: "${odd}" is no prefix of a retreat. Write several prefixes with blanks between them: #if retreats <prefix> <prefix>.`,
        );
      }
      return { is: "open", test: retreatsTest(rest, settings) };
    }
    default:
      return problem(
        `Unknown condition "#if${shown}". Known: #if oathed, #if offering <sub-event>, #if retreats <prefix> [<prefix>].`,
      );
  }
}

/** No key of a retreat holds a comma, an operator or a quote: a prefix that does would fit no retreat, ever. */
const retreatKey = /^[\p{L}\p{N}_.:/-]+$/u;
const operatorWords = ["AND", "OR", "NOT"];

function offeringTest(subEvent: string, { event }: MailSettings): Test {
  if (isInstallmentEvent(event)) return (scope) => paidInFull(scope.recipient.participant, event);
  return (scope) => hasOfferingActivity(scope.recipient.participant, event.aid, subEvent);
}

function retreatsTest(prefixes: readonly string[], { event }: MailSettings): Test {
  return (scope) =>
    selectedRetreats(scope.recipient.participant, event).some((key) =>
      prefixes.some((prefix) => key.startsWith(prefix)),
    );
}

function unknownSubEvent(macro: string, subEvent: string, { event }: MailSettings): Meaning | undefined {
  if (Object.hasOwn(event.subEvents, subEvent)) return undefined;
  const names = Object.keys(event.subEvents).join(", ") || "none";
  return problem(`${macro}: "${subEvent}" is no sub-event of ${event.aid}. Known: ${names}.`);
}

function surplus(macro: string, given: readonly string[], allowed: number): Meaning {
  const words = given.slice(allowed).join(" ");
  return problem(
    `${macro}: surplus words "${words}". Its arguments run to the end of the line: begin a new line or paragraph behind them.`,
  );
}

function excerptOf(given: readonly string[]): string {
  return given.length > 0 ? ` ${given.slice(0, 6).join(" ")}` : "";
}
