import type { RequestListener } from "node:http";
import { type Configuration, type KoaContextWithOIDC, Provider } from "oidc-provider";
import { type GuardedServerOptions, startGuardedServer } from "./guardedServer.ts";
import { interactionPath, signInPage } from "./issuer/interaction.ts";
import { type IssuerKeys, issuerKeys } from "./issuer/issuerKeys.ts";
import { type IssuerUser, notePage } from "./issuer/issuerPage.ts";
import { keptInMemory } from "./issuer/keptInMemory.ts";

export interface IssuerOptions extends GuardedServerOptions {
  /** `MANAGER_URL`: the only place it sends browsers back to, `/api/auth/callback` and `/sign-in` there. */
  readonly managerUrl: string;
  /** Who can be chosen. */
  readonly users: readonly IssuerUser[];
  /**
   * The address browsers reach it at, which is its issuer identifier for every caller. The manager may reach it by another
   * one, as inside a network of containers. Default: 127.0.0.1 and its port.
   */
  readonly publicUrl?: string;
  /** Keys and client secret are kept here over restarts; without it they are made fresh. */
  readonly dataFolder?: string;
}

export interface Issuer extends AsyncDisposable {
  /** `OIDC_ISSUER`. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const clientId = "email-manager";
const minute = 60;
const hour = 60 * minute;

/** An OpenID Connect issuer on 127.0.0.1 whose sign-in page offers the users as buttons. What differs: README.md. */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const keys = issuerKeys(options.dataFolder);
  // The address is part of what the issuer says, so the port comes first.
  let serve: RequestListener = (_, response) => void response.writeHead(503).end();
  const server = await startGuardedServer(options, (request, response) => serve(request, response));
  const url = options.publicUrl ?? server.url;
  const { host } = new URL(url);
  const provider = new Provider(url, configuration(options, keys, host));
  // Koa writes to the console otherwise; the page shows what went wrong.
  provider.silent = true;
  provider.use(securityHeaders(options.managerUrl));
  provider.use(signInPage(provider, options.users, options.managerUrl));
  const handle = provider.callback();
  serve = (request, response) => {
    // The provider takes the addresses it names from here.
    request.headers.host = host;
    return handle(request, response);
  };
  return {
    url,
    clientId,
    clientSecret: keys.clientSecret,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Every function that has a default is given: the defaults write notices to the console. */
function configuration({ managerUrl, users }: IssuerOptions, keys: IssuerKeys, host: string): Configuration {
  const cookie = (name: string) => `issuer-${host.replace(/\W/g, "-")}-${name}`;
  return {
    adapter: keptInMemory(),
    clients: [
      {
        client_id: clientId,
        client_secret: keys.clientSecret,
        redirect_uris: [new URL("/api/auth/callback", managerUrl).href],
        post_logout_redirect_uris: [new URL("/sign-in", managerUrl).href],
      },
    ],
    jwks: { keys: [keys.signing as NonNullable<Configuration["jwks"]>["keys"][number]] },
    // All ports of 127.0.0.1 share their cookies.
    cookies: {
      keys: [keys.cookies],
      names: { session: cookie("session"), interaction: cookie("interaction"), resume: cookie("resume") },
    },
    pkce: { required: () => true },
    scopes: ["openid", "email"],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    // The id token holds them, as that of Cognito does; the default leaves them to the userinfo endpoint.
    conformIdTokenClaims: false,
    responseTypes: ["code"],
    findAccount: (_, id) => {
      const user = users.find((one) => one.id === id);
      return user && { accountId: id, claims: () => claimsOf(user) };
    },
    loadExistingGrant: grantWithoutConsent,
    interactions: { url: (_, { uid }) => `${interactionPath}/${uid}` },
    clientBasedCORS: () => false,
    renderError(ctx, { error, error_description }) {
      ctx.type = "html";
      ctx.body = notePage(
        "Signing in did not work",
        `${error}: ${error_description ?? "no more is known"}.`,
        managerUrl,
      );
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: signOutAtOnce,
        postLogoutSuccessSource(ctx) {
          ctx.body = notePage("You are signed out", "No one is signed in here any more.", managerUrl);
        },
      },
    },
    ttl: {
      AccessToken: 10 * minute,
      AuthorizationCode: minute,
      IdToken: 10 * minute,
      Interaction: hour,
      Grant: 12 * hour,
      Session: 12 * hour,
    },
  };
}

function claimsOf({ id, email, isEmailVerified = true }: IssuerUser) {
  return { sub: id, ...(email !== undefined && { email, email_verified: isEmailVerified }) };
}

/** Signing in grants the manager its claims: there is no consent page. */
async function grantWithoutConsent({ oidc }: KoaContextWithOIDC) {
  const grant = new oidc.provider.Grant({ clientId: oidc.client?.clientId, accountId: oidc.session?.accountId });
  grant.addOIDCScope("openid email");
  await grant.save();
  return grant;
}

/** Ends the session without the question the provider would ask, and goes back to where it has judged that it may. */
async function signOutAtOnce(ctx: KoaContextWithOIDC): Promise<void> {
  const { session, params, provider } = ctx.oidc;
  await session?.destroy();
  ctx.cookies.set(provider.cookieName("session"), null);
  const { post_logout_redirect_uri: back, state } = params ?? {};
  const to = new URL(typeof back === "string" ? back : provider.urlFor("end_session_success"));
  if (typeof back === "string" && typeof state === "string") to.searchParams.set("state", state);
  ctx.redirect(to.href);
  ctx.status = 303;
}

function securityHeaders(managerUrl: string) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    // Choosing a user is a form that leads back to the manager.
    ctx.set(
      "content-security-policy",
      `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${new URL(managerUrl).origin}; base-uri 'none'; frame-ancestors 'none'`,
    );
    // With no-referrer a browser would hide the origin of the page's own form (Fetch, "append a request Origin header").
    ctx.set("referrer-policy", "same-origin");
    ctx.set("x-content-type-options", "nosniff");
    await next();
  };
}
