import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Aws } from "./aws.ts";
import { outsideTransactions, type TransactionParts } from "./transaction.ts";

/**
 * The fences of an import in the table `RUNS_TABLE` (`runId` `import-fences`, `sk` `<import>#<lane>`): the fencing token of
 * the worker whose writes count. Each transaction that writes people requires the token of its worker on one of them, so the
 * database refuses what a worker sends that was replaced, however long its request was on the way. There is one for each
 * lane, as two transactions at a time on one item refuse each other.
 */
const partition = "import-fences";

/** Transactions of one import in flight. */
export const fenceLanes = 4;

/** Whose writes these are: the import and the fencing token of its worker. */
export interface FencedWorker {
  readonly importId: string;
  readonly token: number;
}

const keyOf = (importId: string, lane: number) => ({ runId: partition, sk: `${importId}#${lane}` });

/** The part of a transaction that fails it unless the worker is the one whose writes count. */
export function requireFence(table: string, { importId, token }: FencedWorker, lane: number): TransactionParts[number] {
  return {
    ConditionCheck: {
      TableName: table,
      Key: keyOf(importId, lane),
      ConditionExpression: "#token = :mine",
      ExpressionAttributeNames: { "#token": "token" },
      ExpressionAttributeValues: { ":mine": token },
    },
  };
}

/**
 * From its return on, no write of an earlier worker is carried out. `ttl`: epoch seconds, of the import. False if a later
 * worker has raised them already.
 */
export async function raiseFences(
  aws: Pick<Aws, "dynamo">,
  table: string,
  { importId, token }: FencedWorker,
  ttl: number,
): Promise<boolean> {
  const raise = (lane: number) =>
    new UpdateCommand({
      TableName: table,
      Key: keyOf(importId, lane),
      UpdateExpression: "SET #token = :token, #ttl = :ttl",
      ConditionExpression: "attribute_not_exists(#token) OR #token <= :token",
      ExpressionAttributeNames: { "#token": "token", "#ttl": "ttl" },
      ExpressionAttributeValues: { ":token": token, ":ttl": ttl },
    });
  const lanes = Array.from({ length: fenceLanes }, async (_, lane) => {
    try {
      await outsideTransactions(() => aws.dynamo.send(raise(lane)));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  });
  return (await Promise.all(lanes)).every(Boolean);
}
