/** Sends the browser elsewhere: always with GET, never from a cache. `cookies` are `Set-Cookie` lines. */
export function sendTo(address: URL, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location: address.href, "cache-control": "no-store" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** The sign-in page that says `reason`. */
export function signInPage(managerUrl: string, reason: string, returnTo = "/"): URL {
  const page = new URL("/sign-in", managerUrl);
  page.searchParams.set("reason", reason);
  if (returnTo !== "/") page.searchParams.set("returnTo", returnTo);
  return page;
}
