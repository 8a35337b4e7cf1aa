import { type Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";

/** Passes a request on as it is: the signature covers the host header, which no endpoint of the local stack judges. */
export function passOn(request: IncomingMessage, response: ServerResponse, to: string, agent: Agent): void {
  const onward = httpRequest(to, { method: request.method, path: request.url, headers: request.headers, agent });
  onward.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", (error) => response.destroy(error));
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}
