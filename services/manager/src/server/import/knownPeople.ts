import { idSet, idStore, textIndex } from "@email-agent/shared/domain/recipients/idSet.ts";
import type { Manager } from "../manager.ts";

/** Everyone in the table: ids and addresses, as hashes. */
export interface KnownPeople {
  has(id: string): boolean;
  /** The id of the person with this address; of one of them if there are several. */
  holderOf(address: string): string | undefined;
  isShared(address: string): boolean;
}

/** Reads everyone, page by page. */
export async function knownPeople(
  { participants }: Pick<Manager, "participants">,
  signal: AbortSignal,
): Promise<KnownPeople> {
  const ids = idSet();
  const holders = textIndex();
  const store = idStore();
  for await (const page of participants.pages({ signal })) {
    for (const { id, email } of page) {
      ids.add(id);
      const address = addressKey(email ?? "");
      if (address === "") continue;
      const held = holders.get(address);
      // The lowest bit: more than one person has the address.
      holders.set(address, held === undefined ? 2 * store.add(id) : held | 1);
    }
  }
  return {
    has: ids.has,
    holderOf(address) {
      const held = holders.get(addressKey(address));
      return held === undefined ? undefined : store.at(Math.floor(held / 2));
    },
    isShared: (address) => ((holders.get(addressKey(address)) ?? 0) & 1) === 1,
  };
}

export const addressKey = (address: string) => address.trim().toLowerCase();
