import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { AppError } from "./errors.ts";
import { isTransient, isTransientCode } from "./transientErrors.ts";

/** The lists of the AWS SDK; it exports functions that use them, not the lists. */
function sdkList(name: string): string[] {
  const fromClient = createRequire(import.meta.resolve("@aws-sdk/client-dynamodb"));
  const source = readFileSync(fromClient.resolve("@smithy/core/retry"), "utf8");
  const list = new RegExp(`${name} = \\[([^\\]]*)\\]`).exec(source)?.[1];
  if (list === undefined) throw new Error(`The SDK has no ${name} any more.`);
  return [...list.matchAll(/"(\w+)"/g)].map(([, code = ""]) => code);
}

const named = (name: string, fields: object = {}) => Object.assign(new Error("told"), { name, ...fields });

describe("acceptance 81: what the AWS SDK calls retryable is transient", () => {
  const names = ["THROTTLING_ERROR_CODES", "TRANSIENT_ERROR_CODES"].flatMap(sdkList);
  const network = ["NODEJS_TIMEOUT_ERROR_CODES", "NODEJS_NETWORK_ERROR_CODES"].flatMap(sdkList);
  test("its lists are read", () => {
    expect(names.length).toBeGreaterThan(15);
    expect(network.length).toBeGreaterThan(7);
  });
  test.each(names)("%s", (name) => expect(isTransient(named(name))).toBe(true));
  test.each(network)("%s", (code) => expect(isTransient(named("Error", { code }))).toBe(true));
  test.each([500, 502, 503, 504, 429])("status %i", (httpStatusCode) =>
    expect(isTransient(named("Any", { $metadata: { httpStatusCode } }))).toBe(true),
  );
  test("an error its model marks as retryable, and one with a transient cause", () => {
    expect(isTransient(named("Any", { $retryable: {} }))).toBe(true);
    expect(isTransient(new Error("fetch failed", { cause: named("Error", { code: "ECONNRESET" }) }))).toBe(true);
  });
  // The SDK repeats these once with its clock set right; what does not pass after that is a missing right or a wrong key.
  const permanent = new Set([
    "AccessDeniedException",
    "AuthFailure",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
  ]);
  test.each(sdkList("CLOCK_SKEW_ERROR_CODES"))("of the clock: %s", (name) =>
    expect(isTransient(named(name))).toBe(!permanent.has(name)),
  );
});

describe("the codes of parts", () => {
  test.each([
    "InternalServerError",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "ThrottlingError",
    "TransactionConflict",
  ])("%s is transient", (code) => expect(isTransientCode(code)).toBe(true));
  test.each([
    "AccessDenied",
    "ConditionalCheckFailed",
    "DuplicateItem",
    "ItemCollectionSizeLimitExceeded",
    "None",
    "ResourceNotFound",
    "ValidationError",
  ])("%s does not", (code) => expect(isTransientCode(code)).toBe(false));

  const cancelled = (...codes: string[]) =>
    named("TransactionCanceledException", { CancellationReasons: codes.map((Code) => ({ Code })) });
  test("a cancelled transaction is transient if every part at fault is", () => {
    expect(isTransient(cancelled("None", "TransactionConflict"))).toBe(true);
    expect(isTransient(cancelled("ThrottlingError", "ConditionalCheckFailed"))).toBe(false);
    expect(isTransient(cancelled("None", "ValidationError"))).toBe(false);
    expect(isTransient(cancelled("None"))).toBe(false);
  });
});

test.each([
  "AccessDenied",
  "AccessDeniedException",
  "ConditionalCheckFailedException",
  "InvalidClientTokenId",
  "ItemCollectionSizeLimitExceededException",
  "NoSuchBucket",
  "NoSuchKey",
  "QueueDoesNotExist",
  "ResourceNotFoundException",
  "UnrecognizedClientException",
  "ValidationException",
])("%s does not pass: repeating it changes nothing", (name) => {
  expect(isTransient(named(name, { $metadata: { httpStatusCode: 400 } }))).toBe(false);
});

test("a request that its caller ended, a bug and a value that is no error do not pass", () => {
  expect(isTransient(named("AbortError", { $metadata: { httpStatusCode: 503 } }))).toBe(false);
  expect(isTransient(new TypeError("x is not a function"))).toBe(false);
  expect(isTransient("ECONNRESET")).toBe(false);
  expect(isTransient(undefined)).toBe(false);
  expect(isTransient(named("NotImplemented", { $metadata: { httpStatusCode: 501 } }))).toBe(false);
});

test("an error of the product is transient by its own code, whatever caused it", () => {
  expect(isTransient(new AppError("storage", "away"))).toBe(true);
  expect(isTransient(new AppError("dependency", "away"))).toBe(true);
  const cause = named("ThrottlingException");
  expect(isTransient(new AppError("configuration", "wrong", { cause }))).toBe(false);
});

test.each([
  "READONLY You can't write against a read only replica.",
  "READONLY You can't write against a read only replica. script: 4a2267, on @user_script:1.",
  "ERR Error running script (call to f_4a2267): @user_script:1: @user_script: 1: -READONLY You can't write against a read only replica.",
  "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
  "LOADING Redis is loading the dataset in memory",
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  "CLUSTERDOWN The cluster is down",
  "TRYAGAIN Multiple keys request during rehashing of slot",
])("Redis: %s", (text) => expect(isTransient(Object.assign(new Error(text), { name: "ReplyError" }))).toBe(true));

test.each(["ERR unknown command 'X'", "NOAUTH Authentication required.", "WRONGTYPE Operation against a key"])(
  "Redis: %s does not pass",
  (text) => expect(isTransient(Object.assign(new Error(text), { name: "ReplyError" }))).toBe(false),
);
