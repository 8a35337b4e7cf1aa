import type { Contact } from "@email-agent/shared/adapters/contacts.ts";
import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import { idSet } from "@email-agent/shared/domain/recipients/idSet.ts";
import type { Manager } from "../manager.ts";
import { everyone } from "./heldIndexes.ts";
import { type PeopleAccessPorts, type PeopleUser, peopleLists, testerIds } from "./peopleAccess.ts";
import { type PeopleIndex, peopleIndex } from "./peopleIndex.ts";
import type { PeopleSource } from "./readPeople.ts";
import { idsOnLists } from "./searchPeople.ts";

type Ports = PeopleAccessPorts & Pick<Manager, "participants" | "contacts" | "people" | "log">;

/** Of more changes at a time the indexes of some events are read again instead. */
const fewChanges = 100;
const recordsAtOnce = 100;

/** The index of the people this user may see; nothing about others is read for it. */
export function peopleIndexFor(ports: Ports, user: PeopleUser): PeopleIndex {
  const isRestricted = !seesAllEvents(user);
  const name = isRestricted ? JSON.stringify([...new Set(user.eventAccess)].sort()) : everyone;
  const onFailure = (error: unknown) =>
    ports.log.warn({ error }, "people could not be read again for the search; it goes on with what it knew");
  const source = isRestricted ? onLists(ports, user) : ports.contacts;
  return ports.people.get(name, () => peopleIndex({ source, onFailure }));
}

/**
 * Reads records that this process changed, so that searches know at once. Call it after every change of a participant.
 * Other processes know when they read their index again, and this one too if the records cannot be read now: it never throws.
 */
export async function peopleChanged(
  { people, participants }: Pick<Manager, "people" | "participants">,
  participantIds: readonly string[],
): Promise<void> {
  const held = people.all();
  if (held.length === 0) return;
  const now = await participants.getMany(participantIds).catch(() => undefined);
  for (const [name, index] of held) {
    if (!now || (name !== everyone && participantIds.length > fewChanges)) {
      index.expire();
      continue;
    }
    for (const id of participantIds) if (name === everyone || index.holds(id)) index.note(id, now.get(id));
  }
}

/** The testers, and the people on lists of orders of the user's events, each once; their records are those of now. */
function onLists(ports: Ports, user: PeopleUser): PeopleSource {
  const ids = async function* (signal: AbortSignal) {
    yield await testerIds(ports, undefined);
    for await (const lists of peopleLists(ports, user, undefined)) {
      yield lists.testers;
      yield* idsOnLists(ports, lists, { matches: () => true, signal });
    }
  };
  return {
    async *pages(signal): AsyncGenerator<readonly Contact[]> {
      const seen = idSet();
      const records = async (batch: readonly string[]) => [...(await ports.participants.getMany(batch)).values()];
      let fresh: string[] = [];
      for await (const page of ids(signal)) {
        signal.throwIfAborted();
        for (const id of page) {
          if (seen.has(id)) continue;
          seen.add(id);
          fresh.push(id);
        }
        if (fresh.length < recordsAtOnce) continue;
        yield records(fresh);
        fresh = [];
      }
      yield records(fresh);
    },
    roughCount: async () => undefined,
  };
}
