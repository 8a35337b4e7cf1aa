import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type EventRecord, eventSchema } from "../domain/event.ts";
import { AppError } from "../kit/errors.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { scanPages } from "./queryPages.ts";

export interface Events {
  /** Consistent read; AppError `bad-item` if it does not fit the schema. */
  get(eventCode: string): Promise<EventRecord | undefined>;
  /** Every event, all pages. One that does not fit is reported to `onBadItem` and left out. */
  list(onBadItem: (error: unknown) => void): Promise<EventRecord[]>;
  /**
   * Sets `embeddedEmails.<subEvent>.<stage>.<LANG>` for all languages in one update by path, never the whole event;
   * missing parent maps are made first with `if_not_exists(path, {})`. AppError `not-found` if the event is absent.
   */
  setEmbeddedEmails(eventCode: string, subEvent: string, stage: string, urls: Record<string, string>): Promise<void>;
}

/** The events of `EVENTS_TABLE` (key `aid`). */
export function events(aws: Aws, config: { EVENTS_TABLE: string }): Events {
  const table = config.EVENTS_TABLE;

  const get: Events["get"] = async (eventCode) => {
    const { Item } = await aws.dynamo.send(
      new GetCommand({ TableName: table, Key: { aid: eventCode }, ConsistentRead: true }),
    );
    return Item && readItem(table, eventCode, eventSchema, Item);
  };

  /** Sets values at paths below one map, in one update of an existing event. */
  const set = async (
    eventCode: string,
    paths: readonly Path[],
    value: (at: string, index: number) => string,
    values: Values,
  ) => {
    const names = [...new Set(paths.flat())];
    const nameOf = (name: string) => `#n${names.indexOf(name)}`;
    const sets = paths.map((path, index) => {
      const at = path.map(nameOf).join(".");
      return `${at} = ${value(at, index)}`;
    });
    try {
      await aws.dynamo.send(
        new UpdateCommand({
          TableName: table,
          Key: { aid: eventCode },
          UpdateExpression: `SET ${sets.join(", ")}`,
          ConditionExpression: "attribute_exists(aid)",
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [nameOf(name), name])),
          ExpressionAttributeValues: values,
        }),
      );
    } catch (cause) {
      if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
      throw new AppError("not-found", `Event ${eventCode} does not exist in table ${table}.`, { cause });
    }
  };

  return {
    get,
    async list(onBadItem) {
      const found: EventRecord[] = [];
      for await (const page of scanPages(aws, table))
        for (const item of page) {
          try {
            found.push(readItem(table, String(item["aid"]), eventSchema, item));
          } catch (error) {
            onBadItem(error);
          }
        }
      return found;
    },
    async setEmbeddedEmails(eventCode, subEvent, stage, urls) {
      const languages = Object.keys(urls);
      if (languages.length === 0) return;
      const root = ["embeddedEmails", subEvent, stage] as const;
      // Setting a path below an absent map is a ValidationException, so the maps come first; `if_not_exists` keeps what
      // another order of the same event has put there meanwhile.
      for (const parent of await missingParents(get, eventCode, root)) {
        await set(eventCode, [parent], (at) => `if_not_exists(${at}, :map)`, { ":map": {} });
      }
      await set(
        eventCode,
        languages.map((language) => [...root, language]),
        (_, index) => `:url${index}`,
        Object.fromEntries(languages.map((language, index) => [`:url${index}`, urls[language]])),
      );
    },
  };
}

type Path = readonly string[];
type Values = Record<string, unknown>;

/** The paths of the maps above `embeddedEmails.<subEvent>.<stage>.<LANG>` that the event lacks, outermost first. */
async function missingParents(
  get: Events["get"],
  eventCode: string,
  [top, subEvent, stage]: readonly [string, string, string],
): Promise<Path[]> {
  const emails = (await get(eventCode))?.embeddedEmails;
  const stages = emails && Object.hasOwn(emails, subEvent) ? emails[subEvent] : undefined;
  const hasStage = stages !== undefined && Object.hasOwn(stages, stage);
  return [
    ...(emails ? [] : [[top]]),
    ...(stages ? [] : [[top, subEvent]]),
    ...(hasStage ? [] : [[top, subEvent, stage]]),
  ];
}
