import type { Language } from "@email-agent/shared/domain/configItems.ts";
import { folded } from "@email-agent/shared/domain/delivery/recipientSearch.ts";

type Languages = ReadonlyMap<string, Language>;
/** What languages are called → the language; undefined for what several are called. */
type Names = Map<string, Language | undefined>;

/** Files name languages in one of these languages, or each in its own. */
const namedIn = ["de", "en", "es", "fr", "it", "nl", "pt", "cs", "ru", "zh"];

/** A file has many rows, and names take milliseconds to collect. */
const collected = new WeakMap<Languages, readonly Names[]>();

/**
 * The configured language that a text names: by code or name, by its tag (BCP 47) or what its tag is called in the usual
 * languages, and last by a tag or name of the same language elsewhere (`de-AT` for `de`, `Portuguese` for `pt-BR`). Case
 * and accents are ignored. `undefined` if there is none, or more than one.
 */
export function languageOf(text: string, languages: Languages): Language | undefined {
  let steps = collected.get(languages);
  if (!steps) {
    steps = collect([...languages]);
    collected.set(languages, steps);
  }
  const place = writtenLanguage(text);
  for (const wanted of [folded(text), ...(place === undefined ? [] : [tagKey(place)])]) {
    for (const names of steps) if (names.has(wanted)) return names.get(wanted);
  }
  return undefined;
}

function collect(languages: readonly (readonly [string, Language])[]): readonly Names[] {
  const named = (namesOf: (code: string, language: Language) => readonly string[]): Names => {
    const names: Names = new Map();
    for (const [code, language] of languages)
      for (const name of new Set(namesOf(code, language).map(folded)))
        if (name !== "") names.set(name, names.has(name) ? undefined : language);
    return names;
  };
  return [
    named((code, { name }) => [code, name]),
    named((_, { tag }) => [tag, tag.replaceAll("-", "_"), ...displayNames(tag)]),
    named((_, { tag }) => {
      const written = writtenLanguage(tag);
      return written === undefined ? [] : [tagKey(written), ...displayNames(written.split("-")[0] ?? "")];
    }),
  ];
}

/** What a tag is called in the usual languages and in its own; none for what is no tag. */
function displayNames(tag: string): string[] {
  const own = localeOf(tag)?.language;
  if (own === undefined) return [];
  return [...namedIn, own].flatMap(
    (locale) => new Intl.DisplayNames(locale, { type: "language", fallback: "none" }).of(tag) ?? [],
  );
}

/** Language and script of a tag, whatever its place: `de-Latn` of `de-AT` and `de_AT`; `undefined` for what is no tag. */
function writtenLanguage(tag: string): string | undefined {
  const { language, script } = localeOf(tag)?.maximize() ?? {};
  return language === undefined || script === undefined ? undefined : `${language}-${script}`;
}

/** No name of a language is written so. */
const tagKey = (written: string) => `tag ${written.toLowerCase()}`;

function localeOf(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag.trim().replaceAll("_", "-"));
  } catch {
    return undefined;
  }
}
