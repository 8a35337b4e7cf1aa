import { mediaPath } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { escapeHtml } from "@email-agent/shared/domain/template/escaping.ts";

/** The HTML of a mail, or why there is none. */
interface ShownMail {
  readonly html?: string;
  readonly preview: { readonly problem?: string };
}

/**
 * `GET /api/work-orders/{id}/preview/html`: the HTML of a mail, for a frame of our own page. Nothing in it runs, and
 * nothing is fetched from other servers unless `pictures` is true. `ownAddress`: where our own images are.
 */
export function previewHtml({ html, preview }: ShownMail, pictures: boolean, ownAddress = ""): Response {
  const problem = preview.problem ?? "There is no content yet. Run Prepare first.";
  const body = html === undefined ? problemPage(problem) : inNewWindows(html);
  const own = ownAddress === "" ? "" : ` ${ownAddress.replace(/\/+$/, "")}${mediaPath("")}`;
  const pictureSources = `${pictures ? "https: data:" : "data:"}${own}`;
  return new Response(body, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src ${pictureSources}; frame-ancestors 'self'`,
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    },
  });
}

const head = /<head(?:\s[^>]*)?>/i;
const doctype = /^\s*<!doctype[^>]*>/i;
const base = `<base target="_blank">`;

/** A click on a link would open its page inside the frame; in a new window the sandbox refuses it. */
function inNewWindows(html: string): string {
  if (head.test(html)) return html.replace(head, (tag) => `${tag}${base}`);
  return doctype.test(html) ? html.replace(doctype, (tag) => `${tag}${base}`) : `${base}${html}`;
}

function problemPage(problem: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>No preview</title><body style="font:16px/1.5 system-ui,sans-serif;margin:2rem">${escapeHtml(problem)}</body></html>`;
}
