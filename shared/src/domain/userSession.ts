import type { User } from "./configItems.ts";

/**
 * How far the clocks of two managers may differ, in seconds (tableClock: each at most 2). A sign-out ends what another
 * manager begins within that time, too.
 */
const clockDifferenceSeconds = 4;

/** True if a session issued at `issuedAt` (epoch seconds, as `iat` of RFC 7519) was ended: by signing out, or by an administrator. */
export function isSessionEnded({ sessionsValidAfter }: Pick<User, "sessionsValidAfter">, issuedAt: number): boolean {
  return sessionsValidAfter !== undefined && issuedAt <= sessionsValidAfter;
}

/**
 * When a session that begins at `now` (epoch milliseconds) counts as issued, in epoch seconds: after the end of those
 * before, whose time may lie a moment ahead.
 */
export function sessionIssuedAt(user: Pick<User, "sessionsValidAfter"> | undefined, now: number): number {
  return Math.max(Math.floor(now / 1000), Math.floor(user?.sessionsValidAfter ?? 0) + 1);
}

/** The `sessionsValidAfter` that ends the session issued at `issuedAt` and all that were issued until `now` (epoch milliseconds). */
export function endOfSessions(issuedAt: number, now: number): number {
  return Math.max(issuedAt, Math.floor(now / 1000) + clockDifferenceSeconds);
}

const rights = ["role", "showAddresses", "exportCsv", "people"] as const;

/** What a user may do, as one text: a session begun with other rights has ended. */
export function rightsText(user: User): string {
  const values = rights.map((right) => user[right] ?? false);
  return JSON.stringify([...values, [...user.eventAccess].sort()]);
}
