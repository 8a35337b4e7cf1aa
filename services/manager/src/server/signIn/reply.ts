/** Sends the browser elsewhere: always with GET, never from a cache. `cookies` are `Set-Cookie` lines. */
export function sendTo(address: URL, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location: address.href, "cache-control": "no-store" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** A page that goes on to another address by itself, where a redirect would not do. `cookies` are `Set-Cookie` lines. */
export function goOnTo(address: URL, title: string, cookies: readonly string[] = []): Response {
  const link = address.href.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="dark light">
<title>${title}</title></head><body><p>${title}. <a href="${link}">Go on</a></p></body></html>`;
  const headers = new Headers({
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    refresh: `0; url=${address.href}`,
  });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(page, { headers });
}

/** The sign-in page that says `reason`. */
export function signInPage(managerUrl: string, reason: string, returnTo = "/"): URL {
  const page = new URL("/sign-in", managerUrl);
  page.searchParams.set("reason", reason);
  if (returnTo !== "/") page.searchParams.set("returnTo", returnTo);
  return page;
}
