import { AppError } from "../kit/errors.ts";
import { isPassing } from "../kit/passing.ts";

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
