import type { Tester } from "../configItems.ts";
import { maskedAddress } from "../delivery/maskedAddress.ts";
import { isSameAddress, maskAddresses } from "./address.ts";
import type { Participant } from "./participant.ts";

/** Addresses typed in the form that one order may have: Test is no way to mail a list. */
export const typedTestersLimit = 20;

/**
 * A tester with an address of their own as the person their mails are rendered for, without programs: an example person if
 * the tester has no name. Undefined for a tester who is a participant.
 */
function testerPerson({ id, email, first, last, language }: Tester): Participant | undefined {
  if (email === undefined) return undefined;
  const isNamed = Boolean(first?.trim() || last?.trim());
  const name = isNamed ? { first: first ?? "", last: last ?? "" } : { first: "Example", last: "Person" };
  return { id, email, ...name, ...(language && { writtenLangPref: language }) };
}

/** Those of `testers` with an address of their own, as people by id. */
export function testerPeople(testers: readonly Tester[], ids: readonly string[]): Map<string, Participant> {
  const people = testers.filter(({ id }) => ids.includes(id)).flatMap((tester) => testerPerson(tester) ?? []);
  return new Map(people.map((person) => [person.id, person]));
}

/** An address typed for an order of one event is not offered to orders, and users, of another. */
export function isOffered({ typed }: Pick<Tester, "typed">, eventCode: string): boolean {
  return typed === undefined || typed.event === eventCode;
}

/** A tester in words: the label, else the address, masked for users who may not see addresses, else the id. */
export function testerName({ id, label, email }: Tester, user: { readonly showAddresses: boolean }): string {
  if (label.trim() !== "") return user.showAddresses ? label : maskAddresses(label);
  if (email !== undefined) return user.showAddresses ? email : maskedAddress(email);
  return user.showAddresses ? id : maskAddresses(id);
}

/** The tester of an event's orders with this address; case does not count. */
export function testerAt(testers: readonly Tester[], email: string, eventCode: string): Tester | undefined {
  return testers.find((tester) => isOffered(tester, eventCode) && isSameAddress(tester.email ?? "", email));
}
