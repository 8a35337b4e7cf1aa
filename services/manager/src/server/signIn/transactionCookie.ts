import type { Clock } from "@email-agent/shared/service/clock.ts";
import { z } from "zod";
import { cookieName, cookieValues, setCookie } from "./cookies.ts";
import { seal } from "./seal.ts";
import type { SessionConfig } from "./session.ts";
import type { SignInTransaction } from "./signIn.ts";

/** How long somebody may take at the issuer. */
const lifeMilliseconds = 10 * 60_000;

const transactionSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
});

/** Keeps the transaction of the sign-in last begun in a browser with that browser, sealed and for ten minutes. */
export function transactionCookie(config: SessionConfig, clock: Pick<Clock, "now">) {
  const sealed = seal(config.SESSION_SECRET, "sign-in");
  const name = cookieName("email-manager-sign-in", config.MANAGER_URL);
  return {
    /** The `Set-Cookie` line. */
    async keep(transaction: SignInTransaction): Promise<string> {
      const value = await sealed.close({ ...transaction }, clock.now() + lifeMilliseconds);
      return setCookie({ name, value, maxAgeSeconds: lifeMilliseconds / 1000 }, config.MANAGER_URL);
    },
    /** Undefined if there is none, it is too old, or not ours. */
    async read(headers: Pick<Headers, "get">): Promise<SignInTransaction | undefined> {
      for (const value of cookieValues(headers, name)) {
        const parsed = transactionSchema.safeParse(await sealed.open(value, clock.now()));
        if (parsed.success) return parsed.data;
      }
      return undefined;
    },
    /** The `Set-Cookie` line that removes it. */
    forget: () => setCookie({ name, value: "", maxAgeSeconds: 0 }, config.MANAGER_URL),
  };
}
