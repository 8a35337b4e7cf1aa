const roles = ["read", "write", "admin"] as const;
export type Role = (typeof roles)[number];

/** The role a text names. One that this version does not know, as of a later one, may do the least. */
export function roleOf(text: string): Role {
  return roles.find((role) => role === text) ?? "read";
}

/** True if a user with this role may change work orders and what belongs to them. An admin may all that `write` may. */
export function mayWrite({ role }: { readonly role: Role }): boolean {
  return role === "write" || role === "admin";
}

/** `write`: changes work orders. `admin`: the pages of Settings. `people`: the pages of People. */
export type Right = "write" | "admin" | "people";

/** True if a user has a right. That to the pages of People is one of its own, whatever the role. */
export function hasRight(user: { readonly role: Role; readonly people?: boolean | undefined }, right: Right): boolean {
  if (right === "people") return user.people === true;
  return right === "admin" ? user.role === "admin" : mayWrite(user);
}
