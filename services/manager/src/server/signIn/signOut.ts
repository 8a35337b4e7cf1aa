import { refuseForeignOrigin } from "../http/sameOrigin.ts";
import type { Manager } from "../manager.ts";
import { sendTo, signInPage } from "./reply.ts";
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
  return issuer ? leaveFor(issuer, cookie) : sendTo(signInPage(config.MANAGER_URL, "signed-out"), [cookie]);
}

/**
 * A page that goes on by itself. A redirect would not do: the policy `form-action 'self'` of our pages holds for the
 * redirects after a form too, and the address where the issuer ends sessions need not be the issuer's own.
 */
function leaveFor(address: URL, cookie: string): Response {
  const link = address.href.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="dark light">
<title>Signing out</title></head><body><p>You are being signed out. <a href="${link}">Go on</a></p></body></html>`;
  return new Response(page, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      refresh: `0; url=${address.href}`,
      "set-cookie": cookie,
    },
  });
}
