import type { Manager } from "../manager.ts";
import { ownPath } from "./ownPath.ts";
import { sendTo, signInPage } from "./reply.ts";
import type { SessionConfig } from "./session.ts";
import type { SignIn } from "./signIn.ts";
import { transactionCookie } from "./transactionCookie.ts";

/** `GET /api/auth/sign-in?returnTo=<path>`: off to the issuer, or back to the sign-in page with the reason why not. */
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
