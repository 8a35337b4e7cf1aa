import { startGuardedServer } from "./guardedServer.ts";
import type { ListenOptions } from "./listen.ts";

/** What the site says to one path; `silent` accepts the request and never responds. */
type SiteReply = { readonly status: number; readonly headers?: Record<string, string> } | "silent";

export interface Website extends AsyncDisposable {
  readonly url: string;
  /** `127.0.0.1:<port>`, as LINK_CHECK_HOSTS takes it. */
  readonly address: string;
  /** Every request as `<METHOD> <host><path>`, in order. */
  readonly requests: string[];
  /** Scripts the reply to a path on any host; `method` limits it to one. */
  reply(path: string, reply: SiteReply, method?: string): void;
}

const page = "<!doctype html><title>Demo</title><p>This page stands in for a site that the demo mails link to.</p>\n";
const onePixel = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

/**
 * A web site that is there for every link of the demo mails, so that the link checker finds what it looks for on a
 * machine without a network. It returns 200 and a short page, or a picture of one pixel, to every path that is not scripted.
 */
export async function startWebsite(options: ListenOptions = {}): Promise<Website> {
  const requests: string[] = [];
  const replies = new Map<string, SiteReply>();
  // The link checker sends any host name.
  const server = await startGuardedServer({ ...options, everyHostName: true }, (request, response) => {
    const path = request.url ?? "/";
    requests.push(`${request.method} ${request.headers.host ?? ""}${path}`);
    const reply = replies.get(`${request.method} ${path}`) ?? replies.get(path) ?? { status: 200 };
    if (reply === "silent") return;
    const isPicture = /\.(?:png|jpe?g|gif|svg|webp)(?:\?|$)/i.test(path);
    const type = isPicture ? "image/gif" : "text/html; charset=utf-8";
    response.writeHead(reply.status, { "content-type": type, ...reply.headers });
    response.end(isPicture ? onePixel : page);
  });
  return {
    url: server.url,
    address: `127.0.0.1:${server.port}`,
    requests,
    reply: (path, reply, method) => void replies.set(method ? `${method} ${path}` : path, reply),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
