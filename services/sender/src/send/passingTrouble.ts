import { dispositionOf } from "@email-agent/shared/service/errors.ts";

const networkCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"]);
const throttlingNames = /Throttling|ThroughputExceeded|RequestLimitExceeded|Timeout|SlowDown|ServiceUnavailable/;

/**
 * True for trouble of a dependency that may be over in a moment: network, throttling, a server error of AWS, an AppError
 * `retry`. Everything else (a bug, a wrong item) is not.
 */
export function isPassingTrouble(error: unknown): boolean {
  const disposition = dispositionOf(error);
  if (disposition) return disposition === "retry";
  if (!(error instanceof Error)) return false;
  const { code, $metadata } = error as Error & { code?: string; $metadata?: { httpStatusCode?: number } };
  if (networkCodes.has(code ?? "") || throttlingNames.test(error.name)) return true;
  return ($metadata?.httpStatusCode ?? 0) >= 500;
}
