import type { User } from "@email-agent/shared/domain/configItems.ts";
import { isSessionEnded, rightsText } from "@email-agent/shared/domain/userSession.ts";
import type { Manager } from "../manager.ts";
import { type Session, type SessionConfig, sessions } from "./session.ts";

/** What of the manager knows who somebody is. */
export type VisitorParts = Pick<Manager, "clock" | "configTable"> & { readonly config: SessionConfig };

/** Who makes a request. `ended`: a session cookie came along that does not count any more. */
export type Visitor =
  | { readonly kind: "nobody"; readonly ended: boolean }
  | { readonly kind: "without access"; readonly userId: string }
  | { readonly kind: "user"; readonly user: User; readonly session: Session };

/**
 * Reads the session cookie, and the user as Config has them now: a cookie alone cannot say that its user signed out, was
 * removed or has other rights since.
 */
export async function visitorOf(manager: VisitorParts, request: { headers: Pick<Headers, "get"> }): Promise<Visitor> {
  const found = await sessions(manager.config, manager.clock).of(request.headers);
  if (found.state !== "open") return { kind: "nobody", ended: found.state === "ended" };
  const { session } = found;
  const user = await manager.configTable.user(session.userId);
  if (!user) return { kind: "without access", userId: session.userId };
  const hasOtherRights = session.rights !== undefined && session.rights !== rightsText(user);
  if (hasOtherRights || isSessionEnded(user, session.issuedAt)) return { kind: "nobody", ended: true };
  return { kind: "user", user, session };
}
