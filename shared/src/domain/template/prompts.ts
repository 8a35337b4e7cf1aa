import type { Prompt } from "../configItems.ts";
import type { Parsing } from "./vocabulary.ts";

const maximumDepth = 3;

/** A prompt ready to be parsed: its text, and the chain of prompts that contain it, itself included. */
export interface OpenedPrompt {
  readonly name: string;
  readonly text: string;
  readonly chain: readonly string[];
}

/**
 * The prompt of a key: the event's in the language, else the default's in the language, else the default's for all
 * languages. `fill` replaces `<subevent>` in it. Missing or blank, nested too deeply or in a circle: `problem`.
 */
export function openPrompt(key: string, parsing: Parsing, fill?: string): OpenedPrompt | { problem: string } {
  const { chain } = parsing;
  const prompt = findPrompt(key, parsing);
  if (!prompt) return { problem: `prompt "${key}" is missing: none of ${searched(key, parsing).join(", ")} exists.` };
  const name = promptName(prompt);
  if (chain.includes(name))
    return { problem: `prompts insert each other in a circle: ${[...chain, name].join(" → ")}.` };
  if (chain.length >= maximumDepth) {
    return { problem: `prompts are nested more than ${maximumDepth} levels deep: ${[...chain, name].join(" → ")}.` };
  }
  if (prompt.text.trim() === "") return { problem: `prompt ${name} is blank.` };
  const text = fill === undefined ? prompt.text : prompt.text.replaceAll(/<subevent>|&lt;subevent&gt;/gi, () => fill);
  return { name, text, chain: [...chain, name] };
}

function findPrompt(key: string, { settings, language }: Parsing): Prompt | undefined {
  const find = (event: string, ofLanguage: string) =>
    settings.prompts.find((prompt) => prompt.key === key && prompt.event === event && prompt.language === ofLanguage);
  return find(settings.event.aid, language) ?? find("default", language) ?? find("default", "universal");
}

function searched(key: string, { settings, language }: Parsing): string[] {
  return [`${settings.event.aid}#${key}#${language}`, `default#${key}#${language}`, `default#${key}#universal`];
}

function promptName(prompt: Prompt): string {
  return `${prompt.event}#${prompt.key}#${prompt.language}`;
}
