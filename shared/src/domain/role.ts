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
