import { endOfSessions } from "@email-agent/shared/domain/userSession.ts";
import { refuseForeignOrigin } from "../http/sameOrigin.ts";
import type { Manager } from "../manager.ts";
import { keepNoticeAddress } from "../notices/ownNotices.ts";
import { acceptInvitation, noAccessPath } from "./acceptInvitation.ts";
import { callbackPath, type Identity, type SignIn, type SignInFailed } from "./oidcClient.ts";
import { goOnTo, ownPath, sendTo, signInPage } from "./redirects.ts";
import { type Session, type SessionConfig, sessions } from "./session.ts";
import { transactionCookie } from "./transactionCookie.ts";
import { knownUser } from "./visitor.ts";

/** `GET /api/auth/sign-in?returnTo=<path>`: redirects to the issuer, or back to the sign-in page with the reason why not. */
export async function beginSignIn(
  { config, clock }: Pick<Manager, "clock"> & { readonly config: SessionConfig },
  signIn: SignIn,
  request: Pick<Request, "url" | "headers">,
): Promise<Response> {
  const returnTo = ownPath(new URL(request.url).searchParams.get("returnTo"));
  const begun = await signIn.begin(returnTo);
  if ("problem" in begun) return sendTo(signInPage(config.MANAGER_URL, begun.problem, returnTo));
  return sendTo(begun.address, await transactionCookie(config, clock).keep(begun.transaction, request.headers));
}

/**
 * `GET /api/auth/callback`: the browser is back from the issuer. Begins the session and goes on to the page it came from,
 * or back to the sign-in page with the reason why not.
 */
export async function finishSignIn(
  manager: Pick<Manager, "clock" | "log" | "configTable" | "configStore" | "reportBadItem"> & {
    readonly config: SessionConfig;
  },
  signIn: SignIn,
  request: Pick<Request, "url" | "headers">,
): Promise<Response> {
  const { config, clock, log } = manager;
  const cookie = transactionCookie(config, clock);
  const session = sessions(config, clock);
  // Behind a load balancer the request does not know the address under which the browser sees us.
  const callback = new URL(`${callbackPath}${new URL(request.url).search}`, config.MANAGER_URL);
  const asked = callback.searchParams.get("state") ?? "";
  const transaction = await cookie.read(asked, request.headers);
  const forget = transaction ? [cookie.forget(transaction.state)] : [];
  const finished: Identity | SignInFailed = transaction
    ? await signIn.finish(callback, transaction)
    : { problem: "stale" };
  // What a browser keeps is checked again when it comes back.
  const returnTo = ownPath(transaction?.returnTo);
  if ("userId" in finished) {
    const { userId } = finished;
    const known = await knownUser(manager, userId);
    const invited = known ? undefined : await acceptInvitation(manager, finished);
    const begun = await session.begin(userId, known ?? (await knownUser(manager, userId)));
    await keepNoticeAddress(manager, finished);
    log.info({ userId }, "signed in");
    return sendTo(new URL(noAccessPath(invited) ?? returnTo, config.MANAGER_URL), [begun, ...forget]);
  }
  // A callback opened once more, by the back button for instance, changes nothing for a user who is signed in.
  const { state } = await session.of(request.headers);
  if (state === "open") return sendTo(new URL(returnTo, config.MANAGER_URL));
  return sendTo(signInPage(config.MANAGER_URL, finished.problem, returnTo), forget);
}

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

/** Cookies and tickets of this user are refused from now on, in every browser. False if that failed. */
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
