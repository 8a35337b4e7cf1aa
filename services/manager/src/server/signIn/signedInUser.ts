import type { User } from "@email-agent/shared/domain/configItems.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Session } from "./session.ts";
import { type VisitorParts, visitorOf } from "./visitor.ts";

/** Somebody who is signed in. */
export interface SignedIn {
  readonly user: User;
  readonly session: Session;
}

/**
 * The user whose session cookie a request carries, with the rights Config gives now; undefined if nobody is signed in. Throws AppError `forbidden` if somebody is, but Config does not know them (any more).
 */
export async function signedInUser(
  manager: VisitorParts,
  request: { headers: Pick<Headers, "get"> },
): Promise<SignedIn | undefined> {
  const visitor = await visitorOf(manager, request);
  if (visitor.kind === "user") return visitor;
  if (visitor.kind === "nobody") return undefined;
  throw new AppError(
    "forbidden",
    `You are signed in as ${visitor.userId}, but nobody has given you access yet. Ask an administrator, and give them this user id.`,
  );
}
