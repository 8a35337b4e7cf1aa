import { AppError } from "./errors.ts";

const networkCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"]);
const throttlingNames = /Throttling|ThroughputExceeded|RequestLimitExceeded|Timeout|SlowDown|ServiceUnavailable/;

/**
 * True for trouble of a dependency that may be over in a moment: a table, the bucket or Redis is away or throttles.
 * Everything else (a bug, a wrong item, what the mail server said) is not.
 */
export function isPassingTrouble(error: unknown): boolean {
  if (error instanceof AppError) return error.code === "storage" || error.code === "dependency";
  if (!(error instanceof Error)) return false;
  const { code, $metadata } = error as Error & { code?: string; $metadata?: { httpStatusCode?: number } };
  if (networkCodes.has(code ?? "") || throttlingNames.test(error.name)) return true;
  return ($metadata?.httpStatusCode ?? 0) >= 500;
}
