import { setTimeout as pause } from "node:timers/promises";
import type { BatchStatementError } from "@aws-sdk/client-dynamodb";
import { BatchExecuteStatementCommand } from "@aws-sdk/lib-dynamodb";
import { AppError } from "../kit/errors.ts";
import { isTransientCode } from "../kit/transientErrors.ts";
import type { Aws } from "./aws.ts";
import { invalidWrite, isRefusedAsInvalid } from "./transaction.ts";

/** One conditional PartiQL write on one item. */
export interface WriteStatement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** `refused`: its condition did not hold (an update of an absent item too). `duplicate`: an insert found an item. */
export type StatementResult = "done" | "refused" | "duplicate";

/** BatchExecuteStatement takes 25 at most, and no two on one item. */
const batchSize = 25;
/** Characters of one statement (API reference of BatchStatementRequest). */
const statementLimit = 8192;
const parallelBatches = 4;

/** Repeating changes nothing: an item over 400 KB, say. */
const invalid = ["ValidationError", "ItemCollectionSizeLimitExceeded"];
const attempts = 8;
const firstPauseMilliseconds = 40;

/**
 * Executes independent writes on distinct items in batches; one result per statement, in order. Each statement is judged
 * by its own code, so a refused one affects no other. Throttled ones are sent again with exponential backoff, about 10 s in
 * all. Throws AppError `storage` when that does not help, `bad-item` if the database cannot hold what a statement writes;
 * then some of the others may have been executed.
 */
export async function executeStatements(aws: Aws, statements: readonly WriteStatement[]): Promise<StatementResult[]> {
  const long = statements.find(({ text }) => text.length > statementLimit);
  // DynamoDB refuses the whole batch; the local database takes it.
  if (long)
    throw invalidWrite(
      `a statement has ${long.text.length} characters; ${statementLimit} are possible: ${long.text.slice(0, 80)}…`,
      undefined,
    );
  const results: StatementResult[] = new Array(statements.length);
  const starts = Array.from({ length: Math.ceil(statements.length / batchSize) }, (_, batch) => batch * batchSize);
  const lanes = Array.from({ length: Math.min(parallelBatches, starts.length) }, async () => {
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
      const batch = await executeBatch(aws, statements.slice(start, start + batchSize));
      for (const [index, result] of batch.entries()) results[start + index] = result;
    }
  });
  await Promise.all(lanes);
  return results;
}

async function executeBatch(aws: Aws, statements: readonly WriteStatement[]): Promise<StatementResult[]> {
  const results: StatementResult[] = new Array(statements.length);
  let open = statements.map((_, index) => index);
  for (let attempt = 1; ; attempt++) {
    const errors = await send(
      aws,
      open.map((index) => statements[index]!),
    );
    const again: number[] = [];
    for (const [position, index] of open.entries()) {
      const error = errors[position];
      if (error && isTransientCode(error.Code)) again.push(index);
      else results[index] = resultOf(error);
    }
    if (again.length === 0) return results;
    if (attempt === attempts) {
      throw new AppError("storage", `The database throttled ${again.length} writes of a batch for too long.`);
    }
    open = again;
    await pause(firstPauseMilliseconds * 2 ** (attempt - 1) * (0.5 + Math.random()));
  }
}

async function send(aws: Aws, statements: readonly WriteStatement[]): Promise<(BatchStatementError | undefined)[]> {
  const command = new BatchExecuteStatementCommand({
    Statements: statements.map(({ text, parameters }) => ({ Statement: text, Parameters: [...parameters] })),
  });
  const { Responses } = await aws.dynamo.send(command).catch((error) => {
    throw isRefusedAsInvalid(error) ? invalidWrite(error.message, error) : error;
  });
  if (Responses?.length !== statements.length) {
    throw new AppError("storage", "The database returned no result for some writes of a batch.");
  }
  return Responses.map((response) => response.Error);
}

function resultOf(error: BatchStatementError | undefined): StatementResult {
  switch (error?.Code) {
    case undefined:
      if (error) break;
      return "done";
    case "ConditionalCheckFailed":
      return "refused";
    case "DuplicateItem":
      return "duplicate";
  }
  if (error && invalid.includes(error.Code ?? "")) throw invalidWrite(error.Message ?? String(error.Code), error);
  throw new AppError("storage", `The database refused a write of a batch (${error?.Code}): ${error?.Message}`, {
    details: { code: error?.Code },
  });
}
