import { TransactionCanceledException, TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { AppError } from "../kit/errors.ts";
import { isTransientCode } from "../kit/transientErrors.ts";
import type { Aws } from "./aws.ts";

export type TransactionParts = NonNullable<TransactWriteCommandInput["TransactItems"]>;

const tries = 8;

/**
 * Writes all parts or none. Returns undefined when written, else for each part whether its condition refused it. A
 * collision with another transaction on the same items, and throttling inside it (which the SDK does not repeat), is
 * tried again. AppError `bad-item` if DynamoDB cannot hold the change.
 */
export async function transact(aws: Pick<Aws, "dynamo">, parts: TransactionParts): Promise<boolean[] | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await aws.dynamo.send(new TransactWriteCommand({ TransactItems: parts }));
      return undefined;
    } catch (thrown) {
      const error = underlying(thrown);
      if (!(error instanceof TransactionCanceledException)) throw thrown;
      const reasons = error.CancellationReasons ?? [];
      const codes = reasons.map((reason) => reason.Code);
      if (codes.includes("ConditionalCheckFailed")) return codes.map((code) => code === "ConditionalCheckFailed");
      const invalid = reasons.find((reason) => reason.Code === "ValidationError");
      if (invalid) throw invalidWrite(invalid.Message ?? error.message, error);
      if (!codes.some(isTransientCode)) throw error;
      if (attempt === tries)
        throw new AppError("storage", `DynamoDB refuses a write (${codes.join(", ")}).`, { cause: error });
      await collisionPause(attempt);
    }
  }
}

/** Repeats a single write that met a transaction in flight on its item. */
export async function outsideTransactions<Result>(write: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(underlying(error) instanceof TransactionConflictException) || attempt === tries) throw error;
      await collisionPause(attempt);
    }
  }
}

/** What DynamoDB said: the client has made an AppError of what passes. */
function underlying(thrown: unknown): unknown {
  return thrown instanceof AppError ? thrown.cause : thrown;
}

/** DynamoDB cannot hold what was written (an item over 400 KB, say): repeating it changes nothing. */
export function invalidWrite(why: string, cause: unknown): AppError {
  return new AppError("bad-item", `DynamoDB cannot hold the change: ${why}`, { cause });
}

export function isRefusedAsInvalid(error: unknown): error is Error {
  return error instanceof Error && error.name === "ValidationException";
}

function collisionPause(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt * (0.5 + Math.random())));
}
