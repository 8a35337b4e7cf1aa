import { escapeHtml } from "@email-agent/shared/domain/template/escaping.ts";
import type { PublicTexts } from "./publicTexts.ts";

/** What a page may do besides showing itself: keywords of the `sandbox` directive (CSP). */
const sandboxes = {
  view: "sandbox allow-popups allow-popups-to-escape-sandbox",
  unsubscribe: "sandbox allow-forms",
} as const;
export type PublicPageKind = keyof typeof sandboxes;

/**
 * A response of the public pages: no script runs, nothing is fetched but pictures of the mail, caches and search engines
 * keep nothing, and the sites it links to do not learn our address.
 */
export function publicAnswer(
  kind: PublicPageKind,
  status: number,
  html: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `${sandboxes[kind]}; default-src 'none'; img-src https: data:; style-src 'unsafe-inline'`,
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      "x-robots-tag": "noindex",
      ...headers,
    },
  });
}

const style = `
:root{color-scheme:light dark;--back:#fff;--text:#1d2126;--soft:#5a6470;--key:#1c5fb8;--on-key:#fff}
@media (prefers-color-scheme:dark){:root{--back:#16191d;--text:#e8eaed;--soft:#a9b1ba;--key:#8ab8f5;--on-key:#10151b}}
body{margin:0;background:var(--back);color:var(--text);font:1.0625rem/1.5 system-ui,sans-serif}
main{max-width:30rem;margin:0 auto;padding:15vh 1.25rem 2rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}
p{margin:0 0 1.5rem;color:var(--soft)}
button{font:inherit;font-weight:600;padding:.75rem 1.5rem;border:0;border-radius:.5rem;background:var(--key);color:var(--on-key);cursor:pointer}
button.quiet{background:none;color:var(--key);border:1px solid var(--key)}
ul{margin:-1rem 0 1.5rem;padding-left:1.25rem;color:var(--soft)}
main{overflow-wrap:anywhere}
.sender{margin:0 0 .5rem}
h1+.sender{margin-top:-.5rem}
button:focus-visible{outline:3px solid var(--text);outline-offset:3px}`;

/** A small page of our own: a heading, and below it a sentence or a form (HTML). */
export function publicHtml({ tag }: Pick<PublicTexts, "tag">, heading: string, below: string): string {
  const title = escapeHtml(heading);
  return `<!doctype html>
<html lang="${tag}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${style}</style></head>
<body><main><h1>${title}</h1>${below}</main></body>
</html>
`;
}

/** Below a heading: one sentence. */
export function sentence(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

/** The link is invalid: forged, cut off, or about a person or an order that is gone. It never says which. */
export function notFoundPage(kind: PublicPageKind, texts: PublicTexts): Response {
  return publicAnswer(kind, 404, publicHtml(texts, texts.notFound, sentence(texts.notFoundNote)));
}

const dependencySeconds = 60;

/** A dependency does not respond, or the process is overloaded (then `retryAfterSeconds` is set). */
export function notNowPage(
  kind: PublicPageKind,
  texts: PublicTexts,
  retryAfterSeconds: number = dependencySeconds,
): Response {
  const page = publicHtml(texts, texts.notNow, sentence(texts.notNowNote));
  return publicAnswer(kind, 503, page, { "retry-after": String(retryAfterSeconds) });
}
