import { expect, test } from "vitest";
import { userSchema } from "./configItems.ts";
import { connectionSchema } from "./connection.ts";
import { mayWrite } from "./role.ts";

const person = { id: "u", userId: "u", name: "U", eventAccess: ["*"] };
const connection = { ...person, connectionId: "c", connectedAt: "2026-03-01T08:00:00.000Z", expiresAt: 1 };

test.each([
  ["read", "read", false],
  ["write", "write", true],
  ["admin", "admin", true],
  // Of a later version, or mistyped: it may look.
  ["owner", "read", false],
  ["Write", "read", false],
])("role %s counts as %s", (role, known, writes) => {
  expect(userSchema.parse({ ...person, role }).role).toBe(known);
  expect(connectionSchema.parse({ ...connection, role }).role).toBe(known);
  expect(mayWrite(userSchema.parse({ ...person, role }))).toBe(writes);
});

test("a user without a role is no user", () => {
  for (const role of ["", undefined, 1]) expect(userSchema.safeParse({ ...person, role }).success).toBe(false);
});
