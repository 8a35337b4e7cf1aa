import type { Contact } from "@email-agent/shared/adapters/contacts.ts";
import { type PeopleBlock, peopleBlock } from "./peopleBlock.ts";

/** Records that were changed since the index was read: they count instead of what it has read. */
export interface RecentChanges {
  /** `contact`: the record as it is now; undefined if it is gone. */
  note(participantId: string, contact: Contact | undefined, at: number): void;
  has(participantId: string): boolean;
  /** The changed people who are still there. The same block until the next change. */
  block(): PeopleBlock;
  /** Drops what was noted before that time. */
  forgetBefore(at: number): void;
}

export function recentChanges(): RecentChanges {
  const changed = new Map<string, { readonly contact: Contact | undefined; readonly at: number }>();
  let block: PeopleBlock | undefined;
  return {
    note(participantId, contact, at) {
      changed.set(participantId, { contact, at });
      block = undefined;
    },
    has: (participantId) => changed.has(participantId),
    block() {
      block ??= peopleBlock([...changed.values()].flatMap(({ contact }) => contact ?? []));
      return block;
    },
    forgetBefore(limit) {
      for (const [id, { at }] of changed) if (at < limit) changed.delete(id);
      block = undefined;
    },
  };
}
