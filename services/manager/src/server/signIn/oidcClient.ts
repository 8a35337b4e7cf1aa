import { type Clock, systemClock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { type ManagerConfig, theManager } from "../manager.ts";
import { oidcErrorFields, signInProblem } from "./oidcErrors.ts";
import { oidcIssuer } from "./oidcIssuer.ts";
import type { SignInProblem } from "./signInReasons.ts";
import type { SignInTransaction } from "./transactionCookie.ts";

export type OidcConfig = Pick<
  ManagerConfig,
  "OIDC_ISSUER" | "OIDC_INTERNAL_URL" | "OIDC_CLIENT_ID" | "OIDC_CLIENT_SECRET" | "OIDC_USER_CLAIM" | "MANAGER_URL"
>;

/** Whom the id token names. */
export interface Identity {
  readonly userId: string;
  /** The claim `email`; absent if the issuer gives none. */
  readonly email?: string;
  /** The claim `email_verified` is true: the issuer has seen that the address is theirs. */
  readonly isEmailVerified: boolean;
}

export interface SignInFailed {
  readonly problem: SignInProblem;
}

/** The one way to sign in: says who a person is, and nothing about their rights. */
export interface SignIn {
  /** Where the browser goes to sign in. `returnTo` is a path of ours (see ownPath). */
  begin(returnTo: string): Promise<{ readonly address: URL; readonly transaction: SignInTransaction } | SignInFailed>;
  /** Checks what the browser came back with (`callback`, the whole address) and returns who signed in. */
  finish(callback: URL, transaction: SignInTransaction): Promise<Identity | SignInFailed>;
  /** Where a browser ends the session it has at the issuer; undefined if the issuer has no such endpoint or cannot be reached. */
  end(): Promise<URL | undefined>;
}

/** Where the issuer sends the browser back to: its redirect URI, and its post-logout URI. */
export const callbackPath = "/api/auth/callback";
const signedOutPath = "/sign-in";

/**
 * OIDC client. Signs in at an OpenID Connect issuer: authorization code flow with PKCE, state and nonce; the id token's signature is
 * verified. The user id is the claim OIDC_USER_CLAIM of the id token.
 */
export function oidcSignIn(config: OidcConfig, parts: { clock: Pick<Clock, "now" | "sleep">; log: Log }): SignIn {
  const { log } = parts;
  const issuer = oidcIssuer(config, parts.clock);
  const failed = (error: unknown) => {
    const problem = signInProblem(error);
    if (problem === "stale" || problem === "refused") log.info({ problem }, "a sign-in did not succeed");
    else log.warn({ problem, ...oidcErrorFields(error) }, "a sign-in did not succeed");
    return { problem };
  };

  return {
    async begin(returnTo) {
      try {
        const transaction = {
          state: randomState(),
          nonce: randomNonce(),
          verifier: randomPKCECodeVerifier(),
          returnTo,
        };
        const address = buildAuthorizationUrl(await issuer(), {
          redirect_uri: new URL(callbackPath, config.MANAGER_URL).href,
          scope: "openid email",
          state: transaction.state,
          nonce: transaction.nonce,
          code_challenge: await calculatePKCECodeChallenge(transaction.verifier),
          code_challenge_method: "S256",
        });
        return { address, transaction };
      } catch (error) {
        return failed(error);
      }
    },

    async finish(callback, { state, nonce, verifier }) {
      // openid-client checks the state too, but does not say that the state was the problem.
      if (callback.searchParams.get("state") !== state) return { problem: "stale" };
      try {
        const tokens = await authorizationCodeGrant(await issuer(), callback, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims() ?? {};
        const userId = claims[config.OIDC_USER_CLAIM as keyof typeof claims] as unknown;
        if (typeof userId === "string" && userId !== "") return { userId, ...mailClaims(claims) };
        log.error({ claim: config.OIDC_USER_CLAIM }, "The id token lacks the claim that OIDC_USER_CLAIM names");
        return { problem: "no-user-id" };
      } catch (error) {
        return failed(error);
      }
    },

    async end() {
      try {
        const known = await issuer();
        if (!known.serverMetadata().end_session_endpoint) return undefined;
        const back = new URL(signedOutPath, config.MANAGER_URL).href;
        // RP-Initiated Logout 1.0; Cognito has it in another form, with client_id and logout_uri.
        return buildEndSessionUrl(known, { post_logout_redirect_uri: back, state: "signed-out", logout_uri: back });
      } catch (error) {
        log.warn(oidcErrorFields(error), "the issuer could not be reached to end a session there");
        return undefined;
      }
    },
  };
}

/** OpenID Connect Core 1.0, 5.1: `email_verified` is a JSON boolean. */
function mailClaims(claims: object): Omit<Identity, "userId"> {
  const { email, email_verified: verified } = claims as Record<string, unknown>;
  return { ...(typeof email === "string" && { email }), isEmailVerified: verified === true };
}

// Next.js loads each route as a module of its own; the metadata of the issuer is kept once per process all the same.
const opened = globalThis as typeof globalThis & { emailAgentSignIn?: SignIn };

/** The OIDC client of this process. */
export function theSignIn(): SignIn {
  const { config, log, clock } = theManager();
  opened.emailAgentSignIn ??= oidcSignIn(config, { clock: { ...systemClock, now: clock.now }, log });
  return opened.emailAgentSignIn;
}
