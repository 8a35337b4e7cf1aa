import { DeleteCommand, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import type { RestoredFrom } from "../domain/lifecycle/restoredOrder.ts";
import { instantSchema } from "../domain/time.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";

const markSchema = z.looseObject({ at: instantSchema, ledgerAt: instantSchema, by: z.string() });

/**
 * That the tables came back from a backup (Config, `pk` = `restore`). An order that is made since is held like the restored
 * ones: the mailing it makes may be one that was sent after the backup, by an order that was lost.
 */
export interface RestoreMark {
  read(): Promise<RestoredFrom | undefined>;
  put(mark: RestoredFrom): Promise<void>;
  remove(): Promise<void>;
}

export function restoreMark(aws: Pick<Aws, "dynamo">, { CONFIG_TABLE }: { CONFIG_TABLE: string }): RestoreMark {
  const place = { TableName: CONFIG_TABLE, Key: { pk: "restore", sk: "last" } };
  return {
    async read() {
      const { Item } = await aws.dynamo.send(new GetCommand({ ...place, ConsistentRead: true }));
      if (!Item) return undefined;
      const { at, ledgerAt, by } = readItem(CONFIG_TABLE, "restore/last", markSchema, Item);
      return { at, ledgerAt, by };
    },
    async put(mark) {
      await aws.dynamo.send(new PutCommand({ TableName: CONFIG_TABLE, Item: { ...place.Key, ...mark } }));
    },
    async remove() {
      await aws.dynamo.send(new DeleteCommand(place));
    },
  };
}
