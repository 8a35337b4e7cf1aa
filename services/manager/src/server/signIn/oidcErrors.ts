import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from "openid-client";
import type { SignInProblem } from "./signInReasons.ts";

// Codes of openid-client (oauth4webapi) for no usable response: a time-out, an error page, a proxy's page.
const noResponse = ["OAUTH_TIMEOUT", "OAUTH_ABORT", "OAUTH_RESPONSE_IS_NOT_CONFORM", "OAUTH_RESPONSE_IS_NOT_JSON"];

/** What an error of openid-client means for the person signing in. Codes: RFC 6749, 4.1.2.1 and 5.2. */
export function signInProblem(error: unknown): SignInProblem {
  if (error instanceof AuthorizationResponseError) {
    if (error.error === "access_denied") return "refused";
    return ["server_error", "temporarily_unavailable"].includes(error.error) ? "unreachable" : "misconfigured";
  }
  // The code was used before, or is too old.
  if (error instanceof ResponseBodyError) return error.error === "invalid_grant" ? "stale" : "misconfigured";
  if (error instanceof WWWAuthenticateChallengeError) return "misconfigured";
  if (error instanceof ClientError) return noResponse.includes(error.code ?? "") ? "unreachable" : "misconfigured";
  // What fetch throws when there is no connection.
  if (error instanceof TypeError && error.cause !== undefined) return "unreachable";
  return "unexpected";
}

/**
 * The fields of an error that go to the log. Not the error itself: it carries the responses of the issuer, which may hold
 * tokens and personal data.
 */
export function oidcErrorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error) || signInProblem(error) === "unexpected") return { error };
  const { name, message, cause } = error;
  const { code, error: oauthError, error_description: description } = error as Error & Record<string, unknown>;
  const challenges = error instanceof WWWAuthenticateChallengeError && error.cause.map(({ parameters }) => parameters);
  return {
    failure: {
      name,
      message,
      ...(code !== undefined && { code }),
      ...(oauthError !== undefined && { oauthError, description }),
      ...(challenges && { challenges }),
      ...(cause instanceof Error && { cause: cause.message }),
    },
  };
}
