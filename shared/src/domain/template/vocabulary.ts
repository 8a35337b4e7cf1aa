import type { Participant } from "../recipients/participant.ts";
import { tidied } from "./escaping.ts";
import type { MailSettings } from "./mail.ts";
import type { Test, Value } from "./templateNodes.ts";

/** What the meaning of a tag or macro depends on. */
export interface Parsing {
  readonly settings: MailSettings;
  readonly language: string;
  readonly part: "html" | "subject" | "preview";
  /** Names of the prompts this source was inserted by, outermost first. */
  readonly chain: readonly string[];
}

/** The meaning of one directive; `problem` says why it has none. */
export type Meaning =
  | { readonly is: "value"; readonly value: Value }
  | { readonly is: "prompt"; readonly key: string; readonly subEvent?: string }
  | { readonly is: "retreats" }
  | ConditionPart
  | { readonly is: "problem"; readonly text: string };

/** What opens, divides or closes a condition. */
export type ConditionPart =
  | { readonly is: "open" | "else-if"; readonly test: Test }
  | { readonly is: "else" | "close" };

export function problem(text: string): { is: "problem"; text: string } {
  return { is: "problem", text };
}

/** A value read from the participant, tidied; `""` for what they do not have. */
export function ofParticipant(notation: string, read: (participant: Participant) => string): Value {
  return { kind: "text", notation, read: (scope) => tidied(read(scope.recipient.participant)) };
}

/** A value that is the same for everybody. */
export function constant(notation: string, text: string, kind: Value["kind"] = "text"): Value {
  return { kind, notation, constant: text, read: () => text };
}

/** A path such as `programs.E2026.room` in a participant; objects, lists and `false` are no text. */
export function textAtPath(participant: Participant, path: readonly string[]): string {
  let found: unknown = participant;
  for (const key of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return "";
    found = (found as Record<string, unknown>)[key];
  }
  if (typeof found === "string") return found;
  return typeof found === "number" || found === true ? String(found) : "";
}
