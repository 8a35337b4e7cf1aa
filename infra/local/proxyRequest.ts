import { type Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";

/** Passes a request on as it is: the signature covers the host header, which no endpoint of the local stack judges. */
export function proxyRequest(request: IncomingMessage, response: ServerResponse, to: string, agent: Agent): void {
  const proxied = httpRequest(to, { method: request.method, path: request.url, headers: request.headers, agent });
  proxied.on("response", (upstream) => {
    response.writeHead(upstream.statusCode ?? 502, upstream.headers);
    upstream.pipe(response);
  });
  proxied.on("error", (error) => response.destroy(error));
  response.on("close", () => proxied.destroy());
  request.pipe(proxied);
}
