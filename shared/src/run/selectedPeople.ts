import type { Participants } from "../adapters/participants.ts";
import type { Participant } from "../domain/recipients/participant.ts";

/** The people of a selection in one language, to be read as if there were no others. */
export type SelectedPeople = (language: string) => Pick<Participants, "page" | "pages">;

const perPage = 100;

/** `ids`: language → participant ids. A person whose record is gone is left out. */
export function selectedPeople(
  participants: Pick<Participants, "getMany">,
  ids: Readonly<Record<string, readonly string[]>>,
): SelectedPeople {
  const read = async (wanted: readonly string[], from: number): Promise<Participant[]> => {
    const some = wanted.slice(from, from + perPage);
    if (some.length === 0) return [];
    const found = await participants.getMany(some);
    return some.flatMap((id) => found.get(id) ?? []);
  };
  return (language) => {
    const wanted = ids[language] ?? [];
    return {
      async page({ after }) {
        const from = Number(after ?? 0);
        const next = from + perPage;
        return { participants: await read(wanted, from), ...(next < wanted.length && { next: String(next) }) };
      },
      async *pages({ signal } = {}) {
        for (let from = 0; from < wanted.length; from += perPage) {
          signal?.throwIfAborted();
          yield await read(wanted, from);
        }
      },
    };
  };
}
