import { AppError } from "./errors.ts";

/**
 * Transient errors: a dependency throttles, restarts, fails over or cannot be reached, and the same call may succeed later.
 * This is the one list of them, for DynamoDB, SQS, SNS, S3, Secrets Manager, the sources of credentials, and Redis.
 *
 * Sources: the AWS SDK's own lists (`@smithy/core/retry`, service-error-classification), the API reference of each
 * service, `BatchStatementError` and `CancellationReason` of DynamoDB, Redis' error replies.
 */

/** By their error code or, in a batch or a transaction, by the code of a part. Status 400 is usual for them. */
const awsCodes = new Set([
  // Throttling (every name with "Throttl" besides).
  "BandwidthLimitExceeded",
  "LimitExceededException",
  "OverLimit",
  "PriorRequestNotComplete",
  "ProvisionedThroughputExceeded",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "SlowDown",
  "TooManyRequestsException",
  // Another write on the same item or object is under way.
  "ConditionalRequestConflict",
  "OperationAborted",
  "ReplicatedWriteConflictException",
  "TransactionConflict",
  "TransactionConflictException",
  "TransactionInProgressException",
  // The service or the way to it.
  "IDPCommunicationError",
  "InternalError",
  "InternalErrorException",
  "InternalServerError",
  "InternalServiceError",
  "RequestTimeout",
  "RequestTimeoutException",
  "ServiceUnavailable",
  "TimeoutError",
  // The SDK sets its clock by the response, so that the next call fits.
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  // The metadata service of the machine or the task does not respond.
  "CredentialsProviderError",
  "TokenProviderError",
]);

const networkCodes = new Set([
  "EADDRNOTAVAIL",
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/** 501 and 505 say that the request makes no sense to the server. */
const isTransientStatus = (status: number) => status === 429 || (status >= 500 && status !== 501 && status !== 505);

/** Replies of a server that is, or is about to become, a replica. The command had no effect. */
export const replicaReplies = ["READONLY", "UNBLOCKED", "MASTERDOWN", "LOADING"] as const;
const otherRedisReplies = ["BUSY", "CLUSTERDOWN", "NOREPLICAS", "TRYAGAIN"] as const;
/** What ioredis says of a connection; it has no codes for that. */
const redisClientTexts = [
  "Command aborted due to connection close",
  "Command timed out",
  "Connection is closed.",
  "Socket timeout.",
  "Stream isn't writeable",
];

/** True for the code of a transient AWS error, or of a transient failure of a part of a batch or transaction. */
export function isTransientCode(code: string | undefined): boolean {
  return code !== undefined && (awsCodes.has(code) || code.includes("Throttl"));
}

/**
 * True for an error reply of Redis with one of these codes: at its beginning, or inside the text of a script's error
 * (`ERR Error running script … -READONLY You can't write against a read only replica`, before Redis 7).
 */
export function isRedisReply(error: unknown, codes: readonly string[]): boolean {
  if (!(error instanceof Error) || error.name !== "ReplyError") return false;
  return new RegExp(`(?:^|[\\s-])(?:${codes.join("|")})\\b`).test(error.message);
}

/**
 * True for a transient error of any client. Everything else (a bug, a wrong item, a refused condition, a missing right,
 * the mail server's reply) is not: repeating it changes nothing.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof AppError) return error.code === "storage" || error.code === "dependency";
  return error instanceof Error && isTransientError(error);
}

interface AwsError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** Set by the SDK where the service's model calls the error retryable. */
  readonly $retryable?: object;
  /** Of a cancelled transaction, one for each part. */
  readonly CancellationReasons?: readonly { readonly Code?: string }[];
}

function isTransientError(error: AwsError): boolean {
  if (isTransientRedisError(error)) return true;
  // Ended by its caller, whatever it met before.
  if (error.name === "AbortError") return false;
  if (error.CancellationReasons) return isTransientCancellation(error.CancellationReasons);
  return (
    isTransientCode(error.name) ||
    networkCodes.has(error.code ?? "") ||
    error.$retryable !== undefined ||
    isTransientStatus(error.$metadata?.httpStatusCode ?? 0) ||
    (error.name === "InvalidSignatureException" && error.message.startsWith("Signature expired")) ||
    (error.cause !== error && isTransient(error.cause))
  );
}

/** One part that failed permanently makes the whole failure permanent; parts that were not at fault have the code None. */
function isTransientCancellation(reasons: NonNullable<AwsError["CancellationReasons"]>): boolean {
  const codes = reasons.map(({ Code = "None" }) => Code).filter((code) => code !== "None");
  return codes.length > 0 && codes.every(isTransientCode);
}

function isTransientRedisError(error: Error): boolean {
  return (
    error.name === "MaxRetriesPerRequestError" ||
    redisClientTexts.some((text) => error.message.startsWith(text)) ||
    isRedisReply(error, [...replicaReplies, ...otherRedisReplies])
  );
}
