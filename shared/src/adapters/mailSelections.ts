import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { type MailSelection, mailSelectionSchema, selectedIdsSchema } from "../domain/delivery/mailSelection.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { queryPages } from "./queryPages.ts";
import { runTtl } from "./runs.ts";

/** Selections of mails that a user sends again; they are kept for 90 days. `id`: a ULID. */
export interface MailSelections {
  /** `people`: language → participant ids. The selection is there once all of them are kept. */
  put(
    id: string,
    selection: Pick<MailSelection, "workOrderId" | "mailing" | "by">,
    people: Readonly<Record<string, readonly string[]>>,
    now: number,
  ): Promise<void>;
  get(id: string): Promise<MailSelection | undefined>;
  /** Language → participant ids. */
  people(id: string): Promise<Record<string, string[]>>;
}

const idsPerItem = 1000;
const head = "selection";

/** Selections in the table `RUNS_TABLE`. */
export function mailSelections(aws: Pick<Aws, "dynamo">, config: { RUNS_TABLE: string }): MailSelections {
  const table = config.RUNS_TABLE;
  const runIdOf = (id: string) => `selection-${id}`;
  const put = (Item: Record<string, unknown>) => aws.dynamo.send(new PutCommand({ TableName: table, Item }));
  return {
    async put(id, selection, people, now) {
      const [runId, ttl] = [runIdOf(id), runTtl(now)];
      let mails = 0;
      for (const [language, ids] of Object.entries(people)) {
        mails += ids.length;
        for (let from = 0; from < ids.length; from += idsPerItem) {
          const sk = `${language}#${String(from / idsPerItem).padStart(3, "0")}`;
          await put({ runId, sk, language, ids: ids.slice(from, from + idsPerItem), ttl });
        }
      }
      await put(
        readItem(table, `${runId} ${head}`, mailSelectionSchema, { ...selection, runId, sk: head, mails, ttl }),
      );
    },
    async get(id) {
      const Key = { runId: runIdOf(id), sk: head };
      const { Item } = await aws.dynamo.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item && readItem(table, `${Key.runId} ${head}`, mailSelectionSchema, Item);
    },
    async people(id) {
      const pages = queryPages(aws, {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: "runId = :id",
        ExpressionAttributeValues: { ":id": runIdOf(id) },
      });
      const found: Record<string, string[]> = {};
      for await (const page of pages) {
        for (const item of page.filter(({ sk }) => sk !== head)) {
          const { language, ids } = readItem(table, `${item["runId"]} ${item["sk"]}`, selectedIdsSchema, item);
          found[language] = [...(found[language] ?? []), ...ids];
        }
      }
      return found;
    },
  };
}
