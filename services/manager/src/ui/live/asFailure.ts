import { RequestFailed } from "../http.ts";

/** Whatever a request threw, as words for the user: an answer that cannot be read is no other case than none. */
export function asFailure(error: unknown): RequestFailed {
  if (error instanceof RequestFailed) return error;
  const message = "The answer of the server could not be read. Look at how things stand, then try again.";
  return new RequestFailed(0, { code: "unexpected", message });
}
