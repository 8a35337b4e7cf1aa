import { pageKind } from "../http/securityHeaders.ts";
import type { SessionState } from "./session.ts";

/** A request, as far as the gate looks at it. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  /** With its question mark; empty if there is none. */
  readonly query: string;
  /** `Host`, and what a proxy in between says that it was. */
  readonly hosts: readonly (string | null)[];
  readonly session: SessionState["state"];
}

/**
 * Where a request must go instead, undefined if it may pass: pages live under MANAGER_URL alone (the public ones may live
 * elsewhere), and all but the sign-in pages are for those who are signed in. The API answers for itself.
 */
export function detour({ method, path, query, hosts, session }: Arrival, managerUrl: string): URL | undefined {
  if (pageKind(path) !== "page") return undefined;
  const reading = method === "GET" || method === "HEAD";
  const home = new URL(managerUrl);
  if (reading && !hosts.includes(home.host)) {
    home.pathname = path;
    home.search = query;
    return home;
  }
  if (session === "open" || /^\/sign-in(?:\/|$)/.test(path)) return undefined;
  const signIn = new URL("/sign-in", home);
  if (session === "ended") signIn.searchParams.set("reason", "session-ended");
  if (reading && path !== "/") signIn.searchParams.set("returnTo", `${path}${query}`);
  return signIn;
}
