import { RequestFailed } from "../http.ts";

/** Whatever a request threw, as a message for the user; an unreadable response is treated like none. */
export function asFailure(error: unknown): RequestFailed {
  if (error instanceof RequestFailed) return error;
  const message = "The server's response could not be read. Reload in a moment, then try again.";
  return new RequestFailed(0, { code: "unexpected", message });
}
