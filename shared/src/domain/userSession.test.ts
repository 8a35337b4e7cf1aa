import { expect, test } from "vitest";
import { type User, userSchema } from "./configItems.ts";
import { endOfSessions, isSessionEnded, rightsText, sessionIssuedAt } from "./userSession.ts";

const now = 1_700_000_000_900;
const user = (fields: Partial<User> = {}): User => userSchema.parse({ id: "u", name: "U", role: "write", ...fields });

test("a sign-out ends what was issued in the same second and by a manager whose clock is ahead, and no session after it", () => {
  const sessionsValidAfter = endOfSessions(sessionIssuedAt(user(), now), now + 50);
  for (const issuedAt of [1_699_999_999, 1_700_000_000, 1_700_000_004])
    expect(isSessionEnded({ sessionsValidAfter }, issuedAt), String(issuedAt)).toBe(true);
  for (const at of [now, now + 60, now + 1000, now + 60_000]) {
    const issuedAt = sessionIssuedAt({ sessionsValidAfter }, at);
    expect(isSessionEnded({ sessionsValidAfter }, issuedAt)).toBe(false);
    // Also that session can be ended at once.
    expect(isSessionEnded({ sessionsValidAfter: endOfSessions(issuedAt, at) }, issuedAt)).toBe(true);
  }
  expect(isSessionEnded({}, 0)).toBe(false);
});

test("every right is part of the text of rights, and the order of events is not", () => {
  const rights = rightsText(user({ eventAccess: ["A", "B"] }));
  expect(rightsText(user({ eventAccess: ["B", "A"] }))).toBe(rights);
  const others: Partial<User>[] = [
    { role: "read" },
    { role: "admin" },
    { showAddresses: true },
    { exportCsv: true },
    { people: true },
    { eventAccess: ["A"] },
  ];
  for (const fields of others) expect(rightsText(user({ eventAccess: ["A", "B"], ...fields }))).not.toBe(rights);
});
