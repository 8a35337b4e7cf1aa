import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { type TableNames, type TableShape, type TableVariable, tableNames, tables } from "../resources.ts";
import { localCredentials } from "./localCredentials.ts";

/**
 * Creates every table of the product at a DynamoDB endpoint and returns their names by environment variable. A table that
 * exists is left as it is.
 */
export async function createTables(endpointUrl: string, names: TableNames = tableNames()): Promise<TableNames> {
  const dynamo = new DynamoDBClient({ endpoint: endpointUrl, ...localCredentials });
  try {
    await Promise.all(
      Object.entries(tables).map(([variable, table]) => createTable(dynamo, names[variable as TableVariable], table)),
    );
    return names;
  } finally {
    dynamo.destroy();
  }
}

async function createTable(dynamo: DynamoDBClient, name: string, table: TableShape): Promise<void> {
  try {
    await dynamo.send(new CreateTableCommand(tableInput(name, table)));
  } catch (error) {
    if (error instanceof ResourceInUseException) return;
    throw error;
  }
  await waitUntilTableExists({ client: dynamo, minDelay: 1, maxWaitTime: 60 }, { TableName: name });
  if (table.ttl) {
    const ttl = { Enabled: true, AttributeName: table.ttl };
    await dynamo.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: ttl }));
  }
}

/** The CreateTable request of a table shape: on-demand billing, string keys. */
function tableInput(name: string, table: TableShape): CreateTableCommandInput {
  const indexes = table.indexes ?? [];
  const keys = [table, ...indexes];
  const attributes = new Set(keys.flatMap(({ hash, range }) => (range ? [hash, range] : [hash])));
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: keySchema(table),
    GlobalSecondaryIndexes: indexes.length
      ? indexes.map((index) => ({
          IndexName: index.name,
          KeySchema: keySchema(index),
          Projection: { ProjectionType: index.projection },
        }))
      : undefined,
    StreamSpecification: table.stream ? { StreamEnabled: true, StreamViewType: table.stream } : undefined,
  };
}

function keySchema({ hash, range }: { hash: string; range?: string }): CreateTableCommandInput["KeySchema"] {
  const schema = [{ AttributeName: hash, KeyType: "HASH" as const }];
  return range ? [...schema, { AttributeName: range, KeyType: "RANGE" as const }] : schema;
}
