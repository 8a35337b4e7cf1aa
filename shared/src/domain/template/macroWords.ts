import type { Prompt } from "../configItems.ts";
import type { EventRecord } from "../event.ts";

/**
 * The names of all macros that a text may hold (`salutation` of `#salutation` and `||salutation||`), in lower case. A cheap
 * look that finds too much rather than too little: what the text really inserts only compiling it says.
 */
export function macroWords(html: string): ReadonlySet<string> {
  return new Set(
    [...html.matchAll(/(?:#|\|\|)\s*([\p{L}][\p{L}\p{N}_-]*)/gu)].map(([, word = ""]) => word.toLowerCase()),
  );
}

/** Prompts in prompts are nested three levels deep at most (prompts.ts). */
const levels = 3;

/**
 * True if content with these macros inserts the prompt of a key for this event and language, itself or by another prompt, and
 * takes it from this very item (see `findPrompt` in prompts.ts: that of the event comes first).
 */
export function insertsPrompt(
  words: ReadonlySet<string>,
  prompt: Pick<Prompt, "event" | "key" | "language">,
  {
    event,
    language,
    prompts,
  }: { readonly event: EventRecord; readonly language: string; readonly prompts: readonly Prompt[] },
): boolean {
  if (prompt.event !== "default" && prompt.event !== event.aid) return false;
  if (prompt.language !== "universal" && prompt.language !== language) return false;
  const places = [`${event.aid}#${language}`, `default#${language}`, "default#universal"];
  const rank = places.indexOf(`${prompt.event}#${prompt.language}`);
  const isHidden = prompts.some(
    (other) =>
      other.key === prompt.key &&
      [0, 1, 2].some((at) => at < rank && places[at] === `${other.event}#${other.language}`),
  );
  if (isHidden) return false;
  let found = new Set(words);
  for (let level = 0; level < levels; level += 1) {
    const keys = keysInserted(found, event);
    if (keys.has(prompt.key.toLowerCase())) return true;
    const inner = prompts.filter(({ key }) => keys.has(key.toLowerCase())).flatMap(({ text }) => [...macroWords(text)]);
    found = new Set([...found, ...inner]);
  }
  return false;
}

/** The keys of the prompts that macros insert: their own names, `reglinkv2` of `reglink`, and those of the event's retreats. */
function keysInserted(words: ReadonlySet<string>, { config }: EventRecord): ReadonlySet<string> {
  const retreats = Object.values(config.whichRetreatsConfig ?? {}).flatMap(({ prompt }) => prompt ?? []);
  return new Set([
    ...words,
    ...(words.has("reglink") ? ["reglinkv2"] : []),
    ...(words.has("retreats") ? retreats.map((key) => key.toLowerCase()) : []),
  ]);
}
