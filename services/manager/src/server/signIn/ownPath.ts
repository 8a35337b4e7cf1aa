/** Stands in for our own origin: no such host exists (RFC 2606). */
const here = "http://manager.invalid";

/**
 * Where to go after signing in: `text` if it is a page of ours (path, query and fragment), else `/`. Nothing that a
 * browser could read as another host gets through: `//host`, `/\host`, `/.//host`, a scheme, control characters. The API
 * and the sign-in pages are no places to come back to.
 */
export function ownPath(text: string | null | undefined): string {
  if (!text?.startsWith("/") || text.length > 2000 || !URL.canParse(text, here)) return "/";
  const { origin, pathname, search, hash } = new URL(text, here);
  // A path such as `/.//host` is only now seen to begin with two slashes.
  if (origin !== here || /^\/[/\\]/.test(pathname)) return "/";
  if (/^\/(?:api|sign-in)(?:\/|$)/.test(pathname)) return "/";
  return `${pathname}${search}${hash}`;
}
