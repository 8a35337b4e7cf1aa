import type { User } from "@email-agent/shared/domain/configItems.ts";
import { rightsText, sessionIssuedAt } from "@email-agent/shared/domain/userSession.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { sessionCookieName } from "@email-agent/shared/kit/requestRates.ts";
import { z } from "zod";
import { seal } from "../http/seal.ts";
import type { ManagerConfig } from "../manager.ts";
import { cookieName, cookieValues, setCookie } from "./cookies.ts";

const hour = 3_600_000;
const lifeMilliseconds = 12 * hour;
const renewAfterMilliseconds = hour;
// Renewal alone would keep a stolen cookie alive indefinitely.
const longestMilliseconds = 7 * 24 * hour;

export type SessionConfig = Pick<ManagerConfig, "SESSION_SECRET" | "MANAGER_URL">;

/** Who signed in. */
export interface Session {
  readonly userId: string;
  /** Epoch seconds. Renewing a session leaves it. */
  readonly issuedAt: number;
  /** What its user could do then (see rightsText); absent if Config did not know them. The version before kept none. */
  readonly rights?: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const contentsSchema = z.object({
  userId: z.string().min(1),
  signedInAt: z.int(),
  rights: z.string().optional(),
  exp: z.int(),
});

/** The session of a request: `none` was sent, it `ended` (or is not ours), or it is `open`. */
export type SessionState = { readonly state: "none" | "ended" } | { readonly state: "open"; readonly session: Session };

export interface Sessions {
  of(headers: Pick<Headers, "get">): Promise<SessionState>;
  /** The `Set-Cookie` line of a new session; `user` as Config has them, absent if it does not. */
  begin(userId: string, user?: User): Promise<string>;
  /** The `Set-Cookie` line that extends a session older than an hour; undefined if that is not yet due. */
  renew(session: Session): Promise<string | undefined>;
  /** The `Set-Cookie` line that ends a session. */
  end(): string;
}

/** Session cookie, sealed; there is no session store. Session length: 12 hours, renewed by use after one, 7 days at most. */
export function sessions(config: SessionConfig, clock: Pick<Clock, "now">): Sessions {
  const sealed = seal(config.SESSION_SECRET, "session");
  const name = cookieName(sessionCookieName, config.MANAGER_URL);
  const open = async (value: string): Promise<Session | undefined> => {
    const parsed = contentsSchema.safeParse(await sealed.open(value, clock.now()));
    if (!parsed.success) return undefined;
    const { userId, signedInAt, rights, exp } = parsed.data;
    return { userId, issuedAt: signedInAt, expiresAt: exp * 1000, ...(rights !== undefined && { rights }) };
  };
  const cookie = async ({ userId, issuedAt, rights, expiresAt }: Session) => {
    const contents = { userId, signedInAt: issuedAt, ...(rights !== undefined && { rights }) };
    const value = await sealed.close(contents, expiresAt);
    const maxAgeSeconds = Math.ceil((expiresAt - clock.now()) / 1000);
    return setCookie({ name, value, maxAgeSeconds }, config.MANAGER_URL);
  };
  return {
    async of(headers) {
      const values = cookieValues(headers, name);
      for (const value of values) {
        const session = await open(value);
        if (session) return { state: "open", session };
      }
      return { state: values.length === 0 ? "none" : "ended" };
    },
    async begin(userId, user) {
      const issuedAt = sessionIssuedAt(user, clock.now());
      const expiresAt = clock.now() + lifeMilliseconds;
      return cookie({ userId, issuedAt, expiresAt, ...(user && { rights: rightsText(user) }) });
    },
    async renew(session) {
      const until = Math.min(clock.now() + lifeMilliseconds, session.issuedAt * 1000 + longestMilliseconds);
      if (until - session.expiresAt < renewAfterMilliseconds) return undefined;
      return cookie({ ...session, expiresAt: until });
    },
    end: () => setCookie({ name, value: "", maxAgeSeconds: 0 }, config.MANAGER_URL),
  };
}
