import type { Item, ItemFaults } from "./itemFaults.ts";

/**
 * An invitation is an item `user` with a key of our own and the field `email`: the rights of a person whose user id is not
 * known yet. It gives them to the first sign-in with that address, verified, and ends. No id of a user begins like its key.
 */
const prefix = "invited-";

/** The invitation of the first administrator has one key, so that managers that start at once make one. */
export const firstAdministratorKey = `${prefix}first-administrator`;

export function isInvitation(key: string): boolean {
  return key.startsWith(prefix);
}

/** True of a user who may use the pages of Settings now: an invitation does not count. */
export function isAdministrator(key: string, fields: Item): boolean {
  return fields["role"] === "admin" && !isInvitation(key);
}

/** The entered values of a new user; with a mail address and no user id they get the key of an invitation. `ulid`: a new one. */
export function withInvitationKey(values: Item, ulid: string): Item {
  const isEmpty = (name: string) => String(values[name] ?? "").trim() === "";
  return isEmpty("id") && !isEmpty("email") ? { ...values, id: `${prefix}${ulid}` } : values;
}

/** The invitations for a mail address among users, ignoring the case of A to Z. */
export function invitationsFor<User extends { readonly key: string; readonly fields: Item }>(
  users: readonly User[],
  email: string,
): User[] {
  return users.filter(
    ({ key, fields }) => isInvitation(key) && comparable(String(fields["email"] ?? "")) === comparable(email),
  );
}

/** Letters beyond ASCII stay: the lower case of some, as the Kelvin sign, is an ASCII letter, and so another person's address. */
function comparable(address: string): string {
  return address.trim().replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** What only the rules of invitations know of a user that fits its schema. */
export function judgeUser(users: ReadonlyMap<string, Item>, item: Item): ItemFaults {
  const [id, email] = [String(item["id"]), item["email"]];
  if (!isInvitation(id))
    return email === undefined ? {} : { email: "Enter a user id or a mail address, not both: the id is enough." };
  if (email === undefined) return { email: "Enter the mail address of the person who is invited." };
  const others = [...users].map(([key, fields]) => ({ key, fields })).filter(({ key }) => key !== id);
  const isTaken = invitationsFor(others, String(email)).length > 0;
  return isTaken ? { email: "There is an invitation for this address already. Open it in the list of users." } : {};
}

/**
 * True of items that the file of the configuration does not hold, and that an import therefore leaves as they are: they are
 * addresses of people and belong to this installation only. These are invitations, and testers typed in the form of an order.
 */
export function isOfThisInstallationOnly(kind: string, key: string, item: Item): boolean {
  return (kind === "user" && isInvitation(key)) || (kind === "tester" && item["typed"] !== undefined);
}
