import type { Manager } from "../manager.ts";

/** What the unsubscribe page says about the organisation. */
export interface SenderWords {
  /** Its name; `""` if the setting `organisation` has none. */
  readonly name: string;
  /** The kinds of mail that unsubscribed people with a booking still get: the descriptions of those stages, in their order. */
  readonly serviceMail: readonly string[];
}

type Parts = Pick<Manager, "configTable" | "log">;

const freshMilliseconds = 60_000;
const known = new WeakMap<Manager["configTable"], { readonly at: number; readonly words: Promise<SenderWords> }>();

/**
 * Read once a minute, for mailbox providers unsubscribe thousands at a time. A person who wants no more mail
 * gets the page also where Config cannot be read: then without these words.
 */
export async function senderWords({ configTable, log }: Parts, now: number): Promise<SenderWords> {
  const held = known.get(configTable);
  if (held && now - held.at < freshMilliseconds && now >= held.at) return held.words;
  const words = read(configTable).catch((error) => {
    log.warn({ error }, "the unsubscribe page is served without the name of the organisation: Config cannot be read");
    known.delete(configTable);
    return { name: "", serviceMail: [] };
  });
  known.set(configTable, { at: now, words });
  return words;
}

async function read(configTable: Manager["configTable"]): Promise<SenderWords> {
  const [settings, stages] = await Promise.all([configTable.settings(), configTable.stages()]);
  const kinds = stages.filter(({ serviceMail }) => serviceMail).sort((one, other) => one.order - other.order);
  const words = kinds.map(({ name, description }) => description.trim() || name);
  return { name: settings.organisation.name.trim(), serviceMail: [...new Set(words)] };
}
