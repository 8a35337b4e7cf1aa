import { count } from "../numberWords.ts";
import type { Detail } from "../workOrder.ts";
import { idSet, idStore, textIndex } from "./idSet.ts";
import type { Participant } from "./participant.ts";

/** Rule of the findings that name shared addresses; the first of them holds the numbers. */
export const sharedAddressRule = "shared-address";

const shownPeople = 20;

/** Notices people who would be mailed and have the same address: families, or one person recorded twice. Each gets a mail. */
export interface SharedAddresses {
  /** Adds a person who would be mailed; adding them again for another language changes nothing. */
  note(participant: Pick<Participant, "id" | "email">): void;
  /** The numbers first, then up to twenty pairs of ids; empty if every address is on one record. Without addresses. */
  details(): Detail[];
}

/** Addresses are compared ignoring case and surrounding blanks, as for a suppression. A million people cost about 70 MB. */
export function openSharedAddresses(): SharedAddresses {
  const seen = idSet();
  const holders = textIndex();
  const ids = idStore();
  let [addresses, people] = [0, 0];
  const pairs: string[] = [];
  return {
    note({ id, email }) {
      if (seen.has(id)) return;
      seen.add(id);
      const address = (email ?? "").trim().toLowerCase();
      const held = holders.get(address);
      if (held === undefined) return holders.set(address, 2 * ids.add(id));
      const isFirst = held % 2 === 0;
      if (isFirst) {
        addresses += 1;
        people += 1;
        holders.set(address, held + 1);
      }
      people += 1;
      if (pairs.length < shownPeople)
        pairs.push(`Participant ${id} has the same address as participant ${ids.at(Math.floor(held / 2))}.`);
    },
    details() {
      if (addresses === 0) return [];
      const shared = addresses === 1 ? "1 address is" : `${count(addresses)} addresses are`;
      const texts = [
        `${shared} on more than one record (${count(people)} people): each of them gets a mail.`,
        ...pairs,
      ];
      return texts.map((text) => ({ language: "all", rule: sharedAddressRule, severity: "warning" as const, text }));
    },
  };
}
