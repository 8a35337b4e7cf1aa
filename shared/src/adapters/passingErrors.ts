import { AppError } from "../service/errors.ts";

// Names by which AWS says "later" (the HTTP status of throttling is 400 in DynamoDB).
const throttling = new Set([
  "ThrottlingException",
  "Throttling",
  "ThrottledException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "TooManyRequestsException",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
  "InternalServerError",
  "ServiceUnavailable",
  "TimeoutError",
]);
const network = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** True for trouble that passes: no connection, no answer in time, throttling, 5xx. The client has tried several times by then. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, $metadata } = error as { code?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return throttling.has(error.name) || (code !== undefined && network.has(code)) || status >= 500 || status === 429;
}

interface MiddlewareStack {
  add(
    middleware: (
      next: (args: never) => Promise<never>,
      context: { commandName?: string },
    ) => (args: never) => Promise<never>,
    options: { step: "initialize"; name: string; priority: "high" },
  ): void;
}

/**
 * Makes a client throw AppError `storage` (disposition `retry`) for trouble that passes, so that whoever drives a step
 * can tell it from a defect. Every other error of the service stays as it is.
 */
export function translatePassingErrors(service: string, client: { readonly middlewareStack: unknown }): void {
  (client.middlewareStack as MiddlewareStack).add(
    (next, context) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (!isPassing(error)) throw error;
        const { name, message } = error as Error;
        // The text of the HTTP handler is for its programmers; this one may stand in a step's message.
        const reason = name === "TimeoutError" ? "it took too long" : message || name;
        throw new AppError("storage", `${service} did not answer ${context.commandName ?? "a call"} (${reason}).`, {
          cause: error,
        });
      }
    },
    { step: "initialize", name: "passingErrors", priority: "high" },
  );
}
