import { refuseForeignOrigin } from "../http/sameOrigin.ts";
import type { Manager } from "../manager.ts";
import { goOnTo, sendTo, signInPage } from "./reply.ts";
import { type SessionConfig, sessions } from "./session.ts";
import type { SignIn } from "./signIn.ts";

/**
 * `POST /api/auth/sign-out`, by a form of our pages: ends the session here, then at the issuer where that is possible, and
 * arrives at the sign-in page. Throws AppError `forbidden` if it came from somewhere else.
 */
export async function signOut(
  { config, clock }: Pick<Manager, "clock"> & { readonly config: SessionConfig },
  signIn: SignIn,
  request: Request,
): Promise<Response> {
  refuseForeignOrigin(request, config.MANAGER_URL);
  const cookie = sessions(config, clock).end();
  const issuer = await signIn.end();
  if (!issuer) return sendTo(signInPage(config.MANAGER_URL, "signed-out"), [cookie]);
  // Not a redirect: the policy `form-action 'self'` of our pages holds for the redirects after a form too, and the address
  // where the issuer ends sessions need not be the issuer's own.
  return goOnTo(issuer, "You are being signed out", [cookie]);
}
