import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { Manager } from "../manager.ts";
import { type SessionConfig, sessions } from "./session.ts";
import { userRights } from "./userRights.ts";

/** What of the manager knows who somebody is. */
export type VisitorParts = Pick<Manager, "clock" | "configTable"> & { readonly config: SessionConfig };

/** Who makes a request. `ended`: a session cookie came along that does not count any more. */
export type Visitor =
  | { readonly kind: "nobody"; readonly ended: boolean }
  | { readonly kind: "without access"; readonly userId: string }
  | { readonly kind: "user"; readonly user: User };

/** Reads the session cookie, and what Config lets its user do now (at most 10 s old). */
export async function visitorOf(manager: VisitorParts, request: { headers: Pick<Headers, "get"> }): Promise<Visitor> {
  const found = await sessions(manager.config, manager.clock).of(request.headers);
  if (found.state !== "open") return { kind: "nobody", ended: found.state === "ended" };
  const { userId } = found.session;
  const user = await userRights(manager, userId);
  return user ? { kind: "user", user } : { kind: "without access", userId };
}
