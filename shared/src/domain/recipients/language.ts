import type { Language } from "../configItems.ts";
import { ConfigurationError } from "../configurationError.ts";
import type { Participant } from "./participant.ts";

/**
 * A language marked `everyone` suits every participant; any other only those whose written preference equals its name,
 * ignoring case.
 */
export function suitsLanguage(language: Language, participant: Pick<Participant, "writtenLangPref">): boolean {
  if (language.everyone) return true;
  return (participant.writtenLangPref ?? "").trim().toLowerCase() === language.name.trim().toLowerCase();
}

/** The languages of an order in its own order, which is the order of processing. Throws ConfigurationError naming an unknown code. */
export function languagesInOrder(codes: readonly string[], languages: ReadonlyMap<string, Language>): Language[] {
  return codes.map((code) => {
    const language = languages.get(code);
    if (!language) throw new ConfigurationError(`The language ${code} of the order is not configured.`);
    return language;
  });
}
