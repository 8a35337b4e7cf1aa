/** The path of a request, or why it has none. */
export type RequestTarget = { readonly path: string } | { readonly status: 400 | 414; readonly problem: string };

/** Longer than every address of ours; the whole head of a request has 16 KB (Node). */
const longestTarget = 8000;

/**
 * Parses the target of a request line (RFC 9112 3.2): a path and a query, of no other form. The path is the one Next.js
 * routes by, dot segments removed: `/u/%2e%2e` is `/`.
 */
export function requestTarget(text: string): RequestTarget {
  if (text.length > longestTarget)
    return { status: 414, problem: `The address is longer than ${longestTarget} characters. Shorten it.` };
  const address = URL.parse(`http://manager.invalid${text}`);
  if (!text.startsWith("/") || !address)
    return { status: 400, problem: "The address of a request must be a path that begins with a slash." };
  const path = address.pathname;
  if (/%00/.test(path)) return { status: 400, problem: "The address holds a NUL character. Remove %00 from it." };
  return { path };
}
