import type { User } from "@email-agent/shared/domain/configItems.ts";
import { isSessionEnded, rightsText } from "@email-agent/shared/domain/userSession.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";
import { type Session, type SessionConfig, sessions } from "./session.ts";

/** The parts of the manager that identify a visitor. */
export type VisitorParts = Pick<Manager, "clock" | "configTable" | "reportBadItem"> & {
  readonly config: SessionConfig;
};

/** Who makes a request. `ended`: the session cookie of the request is no longer valid. */
export type Visitor =
  | { readonly kind: "signed out"; readonly ended: boolean }
  | { readonly kind: "without access"; readonly userId: string }
  | { readonly kind: "user"; readonly user: User; readonly session: Session };

/**
 * Reads the session cookie, and the user as Config has them now: a cookie alone cannot say that its user signed out, was
 * removed or has other rights since.
 */
export async function visitorOf(manager: VisitorParts, request: { headers: Pick<Headers, "get"> }): Promise<Visitor> {
  const found = await sessions(manager.config, manager.clock).of(request.headers);
  if (found.state !== "open") return { kind: "signed out", ended: found.state === "ended" };
  const { session } = found;
  const user = await knownUser(manager, session.userId);
  if (!user) return { kind: "without access", userId: session.userId };
  const hasOtherRights = session.rights !== undefined && session.rights !== rightsText(user);
  if (hasOtherRights || isSessionEnded(user, session.issuedAt)) return { kind: "signed out", ended: true };
  return { kind: "user", user, session };
}

/** The user as Config has them; undefined if it has none, or an item that does not fit, which gives no rights. */
export async function knownUser(
  { configTable, reportBadItem }: Pick<Manager, "configTable" | "reportBadItem">,
  userId: string,
): Promise<User | undefined> {
  try {
    return await configTable.user(userId);
  } catch (error) {
    if (!(error instanceof AppError && error.code === "bad-item")) throw error;
    reportBadItem(error, "a user has no access until the item in Config is repaired");
    return undefined;
  }
}

/** A user who is signed in. */
export interface SignedIn {
  readonly user: User;
  readonly session: Session;
}

/**
 * The user whose session cookie a request carries, with the rights Config gives now; undefined if no one is signed in. Throws AppError
 * `forbidden` if the user is signed in but not in Config (any more).
 */
export async function signedInUser(
  manager: VisitorParts,
  request: { headers: Pick<Headers, "get"> },
): Promise<SignedIn | undefined> {
  const visitor = await visitorOf(manager, request);
  if (visitor.kind === "user") return visitor;
  if (visitor.kind === "signed out") return undefined;
  throw new AppError(
    "forbidden",
    `You are signed in as ${visitor.userId}, but you have no access yet. Ask an administrator, and give them this user id.`,
  );
}
