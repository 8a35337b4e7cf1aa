/** The name of the cookie that holds a session of the Email Manager, without the prefix it has on https. */
export const sessionCookieName = "email-manager-session";

/**
 * How often one address may ask the Email Manager without a session, in requests per five minutes and group. The rate rules
 * at the load balancer and the buckets in the process use the same numbers.
 */
export const requestRates = {
  /**
   * `POST /u/…`. Mailbox providers send the one-click unsubscriptions (RFC 8058) of all their users from few addresses and
   * may not repeat one that is refused. 67 a second for five minutes is far above what a mailing to a million people causes,
   * and less than what one process records.
   */
  unsubscribe: 20_000,
  /** `GET /u/…` and `/view/…`: people behind one address of a company, and its scanner that opens every link of a mailing. */
  publicPage: 2000,
  /** `GET /media/…`: mailbox providers fetch the images of mails from few addresses, and keep them. */
  media: 20_000,
  /** Sign-in pages and redirects, three requests a person. Guessing a code or state gets 1,000 tries. */
  signIn: 1000,
  /** All else: a first visit loads some 30 scripts and styles before anybody is signed in. */
  other: 3000,
} as const;
export type RequestGroup = keyof typeof requestRates;

/** The group a request without a session belongs to. */
export function requestGroup(method: string, path: string): RequestGroup {
  if (path.startsWith("/u/")) return method === "POST" ? "unsubscribe" : "publicPage";
  if (path.startsWith("/view/")) return "publicPage";
  if (path.startsWith("/media/")) return "media";
  return signInPaths.some((prefix) => path.startsWith(prefix)) ? "signIn" : "other";
}

export const signInPaths = ["/sign-in", "/api/auth/"] as const;
