import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { z } from "zod";
import { seal } from "../http/seal.ts";
import { cookieName, cookieNames, cookieValues, setCookie } from "./cookies.ts";
import type { SessionConfig } from "./session.ts";

/** How long a user may take at the issuer. */
const lifeMilliseconds = 10 * 60_000;

const transactionSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  /** PKCE code verifier (RFC 7636). */
  verifier: z.string(),
  /** A page of ours to go to afterwards. */
  returnTo: z.string(),
});

/** What must be remembered between leaving for the issuer and coming back, secret to all but this browser. */
export type SignInTransaction = Readonly<z.infer<typeof transactionSchema>>;

/** Sign-ins that may be open at once in one browser; their cookies must not outgrow what servers accept as headers. */
const mostAtOnce = 5;

/**
 * Keeps the transactions of the sign-ins begun in a browser with that browser, sealed and for ten minutes: one cookie
 * each, since several tabs may sign in at once when a session has ended.
 */
export function transactionCookie(config: SessionConfig, clock: Pick<Clock, "now">) {
  const sealed = seal(config.SESSION_SECRET, "sign-in");
  const prefix = `${cookieName("email-manager-sign-in", config.MANAGER_URL)}-`;
  // Randomness of our own, in base64url: fit for a name (RFC 6265, 4.1.1).
  const nameOf = (state: string) => `${prefix}${state.slice(0, 8)}`;
  const forget = (name: string) => setCookie({ name, value: "", maxAgeSeconds: 0 }, config.MANAGER_URL);
  return {
    /** The `Set-Cookie` lines; too many others in the browser that sent `headers` are removed. */
    async keep(transaction: SignInTransaction, headers: Pick<Headers, "get">): Promise<string[]> {
      const name = nameOf(transaction.state);
      const value = await sealed.close({ ...transaction }, clock.now() + lifeMilliseconds);
      const surplus = cookieNames(headers, prefix).slice(0, 1 - mostAtOnce);
      return [
        ...surplus.map(forget),
        setCookie({ name, value, maxAgeSeconds: lifeMilliseconds / 1000 }, config.MANAGER_URL),
      ];
    },
    /** The transaction of this state; undefined if there is none, it is too old, or not ours. */
    async read(state: string, headers: Pick<Headers, "get">): Promise<SignInTransaction | undefined> {
      for (const value of cookieValues(headers, nameOf(state))) {
        const parsed = transactionSchema.safeParse(await sealed.open(value, clock.now()));
        if (parsed.success) return parsed.data;
      }
      return undefined;
    },
    /** The `Set-Cookie` line that removes the transaction of this state. */
    forget: (state: string) => forget(nameOf(state)),
  };
}
