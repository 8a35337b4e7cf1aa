import { randomUUID } from "node:crypto";
import { AppError, type ErrorCode } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { isTransient } from "@email-agent/shared/kit/transientErrors.ts";
import type { Failure } from "../../api/failure.ts";

const statuses: Partial<Record<ErrorCode, number>> = {
  "signed-out": 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "too-large": 413,
  "unsupported-media-type": 415,
  "invalid-input": 422,
  configuration: 422,
  content: 422,
  "too-many-requests": 429,
  busy: 503,
};

/**
 * The response to a request that failed: one sentence for people, field errors where there are some. An error with
 * `retryAfterSeconds` in its details sets `Retry-After` (RFC 9110 10.2.3).
 */
export function failure(log: Log, error: unknown): Response {
  // Which table did not respond, and at which address, is for the log.
  if (isTransient(error)) {
    log.warn({ error }, "a request could not be served for now");
    return reply(503, {
      code: "dependency",
      message: "The data of the Email Manager cannot be reached right now. Reload in a moment, then try again.",
    });
  }
  const status = error instanceof AppError ? statuses[error.code] : undefined;
  if (error instanceof AppError && status !== undefined) {
    const { fields, retryAfterSeconds, ...details } = error.details;
    const failed: Failure = {
      code: error.code,
      message: error.message,
      ...(fields !== undefined && { fields: fields as Record<string, string> }),
      ...(Object.keys(details).length > 0 && { details }),
    };
    return reply(status, failed, retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) });
  }
  const errorId = randomUUID().slice(0, 8);
  log.error({ error, errorId }, "a request failed");
  return reply(500, {
    code: "unexpected",
    message: `Something failed that should not. An administrator finds it in the log of the manager under ${errorId}.`,
  });
}

function reply(status: number, error: Failure, headers: Record<string, string> = {}): Response {
  return Response.json({ error }, { status, headers: { "cache-control": "no-store", ...headers } });
}
