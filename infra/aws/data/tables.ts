import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from "aws-cdk-lib/aws-dynamodb";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";
import { type TableShape, type TableVariable, tableNames, tables } from "../../resources.ts";
import type { Environment } from "../environment.ts";
import { protectedRemovalOf } from "../removal.ts";

/** Every table by the environment variable that carries its name. */
export type Tables = Readonly<Record<TableVariable, Table>>;

/**
 * The tables of `resources.ts`: on demand, with point-in-time recovery. Those that say so are encrypted with `key`, the
 * others with a key of DynamoDB.
 */
export function createTables(scope: Construct, { prefix, keepData }: Environment, key: IKey): Tables {
  const names = tableNames(prefix);
  const made = Object.entries<TableShape>(tables).map(([variable, shape]) => {
    const table = new Table(scope, shape.name, {
      tableName: names[variable as TableVariable],
      partitionKey: text(shape.hash),
      ...(shape.range && { sortKey: text(shape.range) }),
      ...(shape.ttl && { timeToLiveAttribute: shape.ttl }),
      ...(shape.stream && { stream: StreamViewType[shape.stream] }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // Without a key of our own DynamoDB takes one of its own.
      ...(shape.ownKey && { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }),
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
    return [variable, table] as const;
  });
  return Object.fromEntries(made) as unknown as Tables;
}

function text(name: string) {
  return { name, type: AttributeType.STRING };
}
