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

/** Where a request must go instead; `home`: to the same page under MANAGER_URL. */
export interface Detour {
  readonly kind: "home" | "sign-in";
  readonly address: URL;
}

/**
 * What a request must do instead of passing, undefined if it may: pages live under MANAGER_URL alone (the public ones may
 * live elsewhere), and all but the sign-in pages are for those who are signed in. The API answers for itself.
 */
export function detour({ method, path, query, hosts, session }: Arrival, managerUrl: string): Detour | undefined {
  if (pageKind(path) !== "page") return undefined;
  const reading = method === "GET" || method === "HEAD";
  const address = new URL(managerUrl);
  if (reading && !hosts.includes(address.host)) {
    // Set part by part: a path such as `//host` stays a path.
    address.pathname = path;
    address.search = query;
    return { kind: "home", address };
  }
  if (session === "open" || /^\/sign-in(?:\/|$)/.test(path)) return undefined;
  address.pathname = "/sign-in";
  if (session === "ended") address.searchParams.set("reason", "session-ended");
  if (reading && `${path}${query}` !== "/") address.searchParams.set("returnTo", `${path}${query}`);
  return { kind: "sign-in", address };
}
