import { TransactionCanceledException, TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import type { Aws } from "./aws.ts";

export type TransactionParts = NonNullable<TransactWriteCommandInput["TransactItems"]>;

const tries = 8;

/**
 * Writes all parts or none. Answers undefined when written, else for each part whether its condition refused it. A
 * collision with another transaction on the same items (which the SDK does not repeat) is tried again.
 */
export async function transact(aws: Pick<Aws, "dynamo">, parts: TransactionParts): Promise<boolean[] | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await aws.dynamo.send(new TransactWriteCommand({ TransactItems: parts }));
      return undefined;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code);
      if (codes.includes("ConditionalCheckFailed")) return codes.map((code) => code === "ConditionalCheckFailed");
      if (!codes.includes("TransactionConflict") || attempt === tries) throw error;
      await collisionPause(attempt);
    }
  }
}

/** Repeats a single write that met a transaction in flight on its item. */
export async function outsideTransactions<Answer>(write: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof TransactionConflictException) || attempt === tries) throw error;
      await collisionPause(attempt);
    }
  }
}

function collisionPause(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt * (0.5 + Math.random())));
}
