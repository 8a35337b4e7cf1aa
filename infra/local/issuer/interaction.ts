import { text } from "node:stream/consumers";
import { errors, type KoaContextWithOIDC, type Provider } from "oidc-provider";
import { choicePage, type IssuerUser } from "./issuerPage.ts";

/** Where the provider sends a browser whose user it does not know yet. */
export const interactionPath = "/interaction";

type Middleware = (ctx: KoaContextWithOIDC, next: () => Promise<void>) => Promise<void>;

/** The sign-in page: GET lists the users, POST signs in the one chosen. A stale page starts over at the manager. */
export function signInPage(provider: Provider, users: readonly IssuerUser[], managerUrl: string): Middleware {
  const show = (ctx: KoaContextWithOIDC) => {
    ctx.type = "html";
    ctx.body = choicePage(users, ctx.path);
  };
  const choose = async (ctx: KoaContextWithOIDC) => {
    const fields = new URLSearchParams(await text(ctx.req));
    const user = users.find(({ id }) => id === fields.get("user"));
    if (!user && !fields.has("cancel")) return show(ctx);
    const result = user
      ? { login: { accountId: user.id } }
      : { error: "access_denied", error_description: "No user was chosen." };
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false }));
    ctx.status = 303;
  };
  return async (ctx, next) => {
    if (ctx.path === "/") return ctx.redirect(managerUrl);
    // Browsers ask for it unasked; it has none.
    if (ctx.path === "/favicon.ico") {
      ctx.status = 204;
      return;
    }
    if (!ctx.path.startsWith(`${interactionPath}/`)) return next();
    try {
      await provider.interactionDetails(ctx.req, ctx.res);
      await (ctx.method === "POST" ? choose(ctx) : show(ctx));
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      ctx.redirect(new URL("/sign-in", managerUrl).href);
    }
  };
}
