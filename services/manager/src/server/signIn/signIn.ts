import type { SignInProblem } from "./signInNews.ts";

/** What must be remembered between leaving for the issuer and coming back, and stay unknown to anybody else. */
export interface SignInTransaction {
  readonly state: string;
  readonly nonce: string;
  /** PKCE code verifier (RFC 7636). */
  readonly verifier: string;
  /** A page of ours to go to afterwards. */
  readonly returnTo: string;
}

export interface SignInFailed {
  readonly problem: SignInProblem;
}

/** The one way to sign in: what stands behind it knows who somebody is, and nothing about rights. */
export interface SignIn {
  /** Where the browser goes to sign in. `returnTo` is a path of ours (see ownPath). */
  begin(returnTo: string): Promise<{ readonly address: URL; readonly transaction: SignInTransaction } | SignInFailed>;
  /** Judges what the browser came back with (`callback`, the whole address) and answers the user id. */
  finish(callback: URL, transaction: SignInTransaction): Promise<{ readonly userId: string } | SignInFailed>;
  /** Where a browser ends the session it has at the issuer; undefined if the issuer knows no such thing or cannot be asked. */
  end(): Promise<URL | undefined>;
}
