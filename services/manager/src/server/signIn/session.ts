import type { Clock } from "@email-agent/shared/service/clock.ts";
import { z } from "zod";
import type { ManagerConfig } from "../manager.ts";
import { cookieName, cookieValues, setCookie } from "./cookies.ts";
import { seal } from "./seal.ts";

const hour = 3_600_000;
const lifeMilliseconds = 12 * hour;
const renewAfterMilliseconds = hour;
// Renewal alone would keep a stolen cookie alive for ever.
const longestMilliseconds = 7 * 24 * hour;

export type SessionConfig = Pick<ManagerConfig, "SESSION_SECRET" | "MANAGER_URL">;

/** Who signed in. Times are epoch milliseconds. */
interface Session {
  readonly userId: string;
  readonly signedInAt: number;
  readonly expiresAt: number;
}

const contentsSchema = z.object({ userId: z.string().min(1), signedInAt: z.int(), exp: z.int() });

/** What a request says about its session: `none` was sent, it `ended` (or is not ours), or here it is. */
export type SessionState = { readonly state: "none" | "ended" } | { readonly state: "open"; readonly session: Session };

export interface Sessions {
  of(headers: Pick<Headers, "get">): Promise<SessionState>;
  /** The `Set-Cookie` line of a new session. */
  begin(userId: string): Promise<string>;
  /** The `Set-Cookie` line that prolongs a session older than an hour; undefined if that is not yet due. */
  renew(session: Session): Promise<string | undefined>;
  /** The `Set-Cookie` line that ends a session. */
  end(): string;
}

/** Sessions live in a sealed cookie alone: 12 hours, renewed by use after one, 7 days at most. */
export function sessions(config: SessionConfig, clock: Pick<Clock, "now">): Sessions {
  const sealed = seal(config.SESSION_SECRET, "session");
  const name = cookieName("email-manager-session", config.MANAGER_URL);
  const open = async (value: string): Promise<Session | undefined> => {
    const parsed = contentsSchema.safeParse(await sealed.open(value, clock.now()));
    if (!parsed.success) return undefined;
    const { userId, signedInAt, exp } = parsed.data;
    return { userId, signedInAt: signedInAt * 1000, expiresAt: exp * 1000 };
  };
  const cookie = async (userId: string, signedInAt: number, expiresAt: number) => {
    const value = await sealed.close({ userId, signedInAt: Math.floor(signedInAt / 1000) }, expiresAt);
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
    begin: (userId) => cookie(userId, clock.now(), clock.now() + lifeMilliseconds),
    async renew({ userId, signedInAt, expiresAt }) {
      const until = Math.min(clock.now() + lifeMilliseconds, signedInAt + longestMilliseconds);
      return until - expiresAt < renewAfterMilliseconds ? undefined : cookie(userId, signedInAt, until);
    },
    end: () => setCookie({ name, value: "", maxAgeSeconds: 0 }, config.MANAGER_URL),
  };
}
