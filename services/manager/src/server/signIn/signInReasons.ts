/** Why a browser is on the sign-in page: the code in its address (`?reason=`) and the text shown. */
export const signInReasons = {
  "signed-out": "You are signed out.",
  "signed-out-here":
    "You are signed out in this browser only: the database does not respond. Sign in and out again to end your other sessions.",
  "session-ended": "Your session has ended. Sign in again and you are back where you were.",
  refused:
    "The sign-in was cancelled, or your organisation did not let you in. Try again, or ask an administrator for access.",
  unreachable:
    "Your organisation’s sign-in service does not respond. Try again in a minute; if that does not help, tell an administrator.",
  stale: "That sign-in was begun too long ago, in another browser, or used already. Press Sign in once more.",
  misconfigured:
    "The Email Manager and the sign-in service have different settings. An administrator finds the reason in the log of the manager (OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, MANAGER_URL).",
  "no-user-id":
    "The sign-in service did not say who you are. An administrator must set OIDC_USER_CLAIM to a claim that it gives.",
  unexpected:
    "Signing in did not work, and it should have. An administrator finds the reason in the log of the manager.",
} as const;
export type SignInReason = keyof typeof signInReasons;

/** Why a sign-in did not succeed. */
export type SignInProblem = Exclude<SignInReason, "signed-out" | "signed-out-here" | "session-ended">;

/** The reason an address gives, if it is one of ours. */
export function signInReason(code: string | null | undefined): SignInReason | undefined {
  return code && Object.hasOwn(signInReasons, code) ? (code as SignInReason) : undefined;
}
