import type { ServerResponse } from "node:http";
import type { Failure } from "../../api/failure.ts";
import { type PolicyConfig, pageKind, securityHeaders } from "../http/securityHeaders.ts";
import { notNowPage } from "../public/publicPage.ts";
import { textsAsked } from "../public/publicTexts.ts";

export interface Refusal extends Failure {
  readonly status: 400 | 405 | 413 | 414 | 429 | 503;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a refusal: as JSON to the API, as a page to readers of mails, as one sentence to all others. */
export async function sendRefusal(
  response: ServerResponse,
  path: string,
  { status, headers, ...failure }: Refusal,
  config: PolicyConfig,
): Promise<void> {
  const { req: request } = response;
  const common = { "cache-control": "no-store", ...securityHeaders(config, "api", ""), ...headers };
  const isPublic = /^\/(?:u|view)\//.test(path) && (status === 429 || status === 503);
  const page = isPublic && notNowPage("view", textsAsked(request.headers["accept-language"] ?? null));
  const body = page
    ? { type: "text/html; charset=utf-8", text: await page.text() }
    : pageKind(path) === "api"
      ? { type: "application/json", text: JSON.stringify({ error: failure }) }
      : { type: "text/plain; charset=utf-8", text: failure.message };
  const shown = page ? Object.fromEntries(page.headers) : {};
  // An unread rest of the body would be taken for the next request.
  const close = request.complete ? {} : { connection: "close" };
  response.writeHead(status, {
    ...common,
    ...shown,
    ...headers,
    ...close,
    "content-type": body.type,
    "content-length": Buffer.byteLength(body.text),
  });
  response.end(request.method === "HEAD" ? undefined : body.text);
}

/** The response of `/healthz`: the process runs its event loop. */
export function sendAlive(response: ServerResponse, config: PolicyConfig): void {
  const headers = { ...securityHeaders(config, "api", ""), "content-type": "application/json" };
  response.writeHead(200, headers).end(response.req.method === "HEAD" ? undefined : '{"status":"alive"}');
}
