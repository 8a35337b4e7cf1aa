import type { Stack } from "aws-cdk-lib";
import {
  AttributeType,
  BillingMode,
  type ITable,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from "aws-cdk-lib/aws-dynamodb";
import { type IKey, Key } from "aws-cdk-lib/aws-kms";
import { type TableShape, type TableVariable, tableNames, tables } from "../../resources.ts";
import type { Environment } from "../environment.ts";
import { existingTableOf } from "../existingTables.ts";
import { protectedRemovalOf } from "../removal.ts";

/** Every table by the environment variable that carries its name. */
export type Tables = Readonly<Record<TableVariable, ITable>>;
/** The keys of the account with which tables are encrypted; DynamoDB has a key for the others. */
export type TableKeys = Readonly<Partial<Record<TableVariable, IKey>>>;

/**
 * The tables of `resources.ts`: those the environment says exist are used as they are, the others are made here. Those that
 * say so are encrypted with `key`.
 */
export function createTables(
  stack: Stack,
  environment: Environment,
  key: IKey,
): { tables: Tables; tableKeys: TableKeys } {
  const made: Partial<Record<TableVariable, ITable>> = {};
  const tableKeys: Partial<Record<TableVariable, IKey>> = {};
  for (const [variable, shape] of Object.entries(tables) as [TableVariable, TableShape][]) {
    const given = existingTableOf(environment, variable);
    // A restored table has the key of its source unless another was chosen.
    const own = given?.keyArn ? Key.fromKeyArn(stack, `${shape.name}-key`, given.keyArn) : shape.ownKey && key;
    if (own) tableKeys[variable] = own;
    made[variable] = given ? useTable(stack, shape, given, own) : createTable(stack, environment, variable, own);
  }
  return { tables: made as Tables, tableKeys };
}

function useTable(
  stack: Stack,
  shape: TableShape,
  given: NonNullable<ReturnType<typeof existingTableOf>>,
  key?: IKey,
): ITable {
  return Table.fromTableAttributes(stack, shape.name, {
    tableName: given.name,
    ...(given.streamArn && { tableStreamArn: given.streamArn }),
    ...(key && { encryptionKey: key }),
  });
}

/** On demand, with point-in-time recovery. */
function createTable(stack: Stack, { prefix, keepData }: Environment, variable: TableVariable, key?: IKey): Table {
  const shape: TableShape = tables[variable];
  const table = new Table(stack, shape.name, {
    tableName: tableNames(prefix)[variable],
    partitionKey: text(shape.hash),
    ...(shape.range && { sortKey: text(shape.range) }),
    ...(shape.ttl && { timeToLiveAttribute: shape.ttl }),
    ...(shape.stream && { stream: StreamViewType[shape.stream] }),
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    // Without a key of our own DynamoDB takes one of its own.
    ...(key && { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }),
    deletionProtection: keepData,
    removalPolicy: protectedRemovalOf({ keepData }),
  });
  for (const index of shape.indexes ?? [])
    table.addGlobalSecondaryIndex({
      indexName: index.name,
      partitionKey: text(index.hash),
      sortKey: text(index.range),
      projectionType: ProjectionType[index.projection],
    });
  return table;
}

function text(name: string) {
  return { name, type: AttributeType.STRING };
}
