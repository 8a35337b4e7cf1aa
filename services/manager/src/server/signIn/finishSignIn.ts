import type { Manager } from "../manager.ts";
import { callbackPath } from "./oidcSignIn.ts";
import { ownPath } from "./ownPath.ts";
import { sendTo, signInPage } from "./reply.ts";
import { type SessionConfig, sessions } from "./session.ts";
import type { SignIn, SignInFailed } from "./signIn.ts";
import { transactionCookie } from "./transactionCookie.ts";
import { knownUser } from "./visitor.ts";

/**
 * `GET /api/auth/callback`: the browser is back from the issuer. Begins the session and goes on to the page it came from,
 * or back to the sign-in page with the reason why not.
 */
export async function finishSignIn(
  {
    config,
    clock,
    log,
    configTable,
    reportBadItem,
  }: Pick<Manager, "clock" | "log" | "configTable" | "reportBadItem"> & { readonly config: SessionConfig },
  signIn: SignIn,
  request: Pick<Request, "url" | "headers">,
): Promise<Response> {
  const cookie = transactionCookie(config, clock);
  const session = sessions(config, clock);
  // Behind a load balancer the request does not know the address under which the browser sees us.
  const callback = new URL(`${callbackPath}${new URL(request.url).search}`, config.MANAGER_URL);
  const asked = callback.searchParams.get("state") ?? "";
  const transaction = await cookie.read(asked, request.headers);
  const forget = transaction ? [cookie.forget(transaction.state)] : [];
  const finished: { userId: string } | SignInFailed = transaction
    ? await signIn.finish(callback, transaction)
    : { problem: "stale" };
  // What a browser keeps is judged again when it comes back.
  const returnTo = ownPath(transaction?.returnTo);
  if ("userId" in finished) {
    const { userId } = finished;
    const begun = await session.begin(userId, await knownUser({ configTable, reportBadItem }, userId));
    log.info({ userId }, "signed in");
    return sendTo(new URL(returnTo, config.MANAGER_URL), [begun, ...forget]);
  }
  // A callback opened once more, by the back button for instance, says nothing to somebody who is signed in.
  const { state } = await session.of(request.headers);
  if (state === "open") return sendTo(new URL(returnTo, config.MANAGER_URL));
  return sendTo(signInPage(config.MANAGER_URL, finished.problem, returnTo), forget);
}
