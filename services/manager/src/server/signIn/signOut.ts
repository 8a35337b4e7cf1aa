import { endOfSessions } from "@email-agent/shared/domain/userSession.ts";
import { refuseForeignOrigin } from "../http/sameOrigin.ts";
import type { Manager } from "../manager.ts";
import { goOnTo, sendTo, signInPage } from "./reply.ts";
import { type Session, type SessionConfig, sessions } from "./session.ts";
import type { SignIn } from "./signIn.ts";

type SignOutParts = Pick<Manager, "clock" | "log" | "userSessions"> & { readonly config: SessionConfig };

/**
 * `POST /api/auth/sign-out`, by a form of our pages: ends every session of the user, then the one at the issuer where that
 * is possible, and arrives at the sign-in page. Throws AppError `forbidden` if it came from somewhere else.
 */
export async function signOut(parts: SignOutParts, signIn: SignIn, request: Request): Promise<Response> {
  const { config } = parts;
  refuseForeignOrigin(request, config.MANAGER_URL);
  const session = sessions(config, parts.clock);
  const cookie = session.end();
  const found = await session.of(request.headers);
  if (found.state === "open" && !(await endEverywhere(parts, found.session)))
    return sendTo(signInPage(config.MANAGER_URL, "signed-out-here"), [cookie]);
  const issuer = await signIn.end();
  if (!issuer) return sendTo(signInPage(config.MANAGER_URL, "signed-out"), [cookie]);
  // Not a redirect: the policy `form-action 'self'` of our pages holds for the redirects after a form too, and the address
  // where the issuer ends sessions need not be the issuer's own.
  return goOnTo(issuer, "You are being signed out", [cookie]);
}

/** Cookies and tickets of this user are refused from now on, in other hands too. False if that failed. */
async function endEverywhere(
  { clock, log, userSessions }: SignOutParts,
  { userId, issuedAt }: Session,
): Promise<boolean> {
  try {
    await userSessions.end(userId, endOfSessions(issuedAt, clock.now()));
    log.info({ userId }, "signed out");
    return true;
  } catch (error) {
    log.error({ error, userId }, "a user signed out, but the end of the sessions could not be written");
    return false;
  }
}
