import type { Faults, Item } from "./itemFaults.ts";
import type { Configuration } from "./references.ts";
import { languageTagFault, lineFault, shown } from "./valueFaults.ts";

/** The rules of a stage. */
export function judgeStage({ stage }: Configuration, item: Item): Faults {
  const faults: Faults = {};
  const name = String(item["name"]);
  const description = lineFault(String(item["description"] ?? ""));
  if (description) faults["description"] = description;
  for (const [index, parent] of listOf(item["parentStages"]).entries()) {
    if (parent === name) faults[`parentStages.${index}`] = "A stage is not its own parent. Choose other stages.";
    else if (parentsOf(stage, parent).has(name))
      faults[`parentStages.${index}`] =
        `The stage ${parent} takes its content from ${name} already. Choose other stages.`;
  }
  for (const [language, text] of Object.entries((item["prefix"] as Item | undefined) ?? {})) {
    const fault = lineFault(String(text));
    if (fault) faults[`prefix.${language}`] = fault;
  }
  return faults;
}

/** All stages above a stage. */
function parentsOf(stages: Configuration["stage"], name: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const parent of listOf(stages.get(name)?.["parentStages"])) {
    if (seen.has(parent)) continue;
    seen.add(parent);
    parentsOf(stages, parent, seen);
  }
  return seen;
}

/** The rules of a language. */
export function judgeLanguage({ language }: Configuration, item: Item): Faults {
  const faults: Faults = {};
  const [name, tag] = [String(item["name"]).trim(), String(item["tag"])];
  const code = String(item["code"]).trim();
  const same = [...language].find(
    ([other, { name: theirs }]) => other !== code && String(theirs).trim().toLowerCase() === name.toLowerCase(),
  );
  if (name === "") faults["name"] = "Enter the name of the language.";
  else if (same)
    faults["name"] =
      `The language ${same[0]} has this name already, so people would get both mails. Enter another name.`;
  const fault = languageTagFault(tag);
  if (fault) faults["tag"] = fault;
  return faults;
}

/** The rules of a prompt. */
export function judgePrompt(item: Item): Faults {
  const faults: Faults = {};
  const [event, key, language] = [item["event"], item["key"], item["language"]].map((part) =>
    String(part ?? "").trim(),
  );
  if (language === "universal" && event !== "default")
    faults["language"] = "A prompt for every language is for every event, too. Choose a language, or every event.";
  if (key && !/^\S+$/.test(key)) faults["key"] = `${shown(key)} cannot be the name of a prompt. Remove the blanks.`;
  if (String(item["text"] ?? "").trim() === "") faults["text"] = "Enter the text that templates insert.";
  return faults;
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}
