/** Placeholder for our own origin: no such host exists (RFC 2606). */
const here = "http://manager.invalid";

/**
 * Where to go after signing in: `text` if it is a page of ours (path, query and fragment), else `/`. Nothing that a
 * browser could read as another host gets through: `//host`, `/\host`, `/.//host`, a scheme, control characters. The API and
 * the sign-in pages are not among them.
 */
export function ownPath(text: string | null | undefined): string {
  if (!text?.startsWith("/") || text.length > 2000 || !URL.canParse(text, here)) return "/";
  const { origin, pathname, search, hash } = new URL(text, here);
  // A path such as `/.//host` is only now seen to begin with two slashes.
  if (origin !== here || /^\/[/\\]/.test(pathname)) return "/";
  if (/^\/(?:api|sign-in)(?:\/|$)/.test(pathname)) return "/";
  return `${pathname}${search}${hash}`;
}

/** Redirects the browser: always with GET, never from a cache. `cookies` are `Set-Cookie` lines. */
export function sendTo(address: URL, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location: address.href, "cache-control": "no-store" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** A page that redirects by itself (`Refresh`), where a 303 would not do. `cookies` are `Set-Cookie` lines. */
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
