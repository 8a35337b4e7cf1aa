import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Aws } from "../src/adapters/aws.ts";
import type { Account } from "../src/domain/account.ts";
import type { Language, Pool, Prompt, Stage } from "../src/domain/configItems.ts";

/** What an administrator keeps in Config. */
export interface ConfigContents {
  readonly stages?: readonly Stage[];
  readonly pools?: readonly Pool[];
  readonly accounts?: readonly Account[];
  readonly languages?: readonly Language[];
  readonly prompts?: readonly Prompt[];
  /** Setting name → value. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Puts items into `CONFIG_TABLE` in the form in which the product reads them: keys `pk` (kind) and `sk`. */
export async function putConfig(aws: Aws, names: { CONFIG_TABLE: string }, contents: ConfigContents): Promise<void> {
  const named = (kind: string, rows: readonly { name: string }[] = []) =>
    rows.map(({ name, ...fields }) => ({ ...fields, pk: kind, sk: name }));
  const items: Record<string, unknown>[] = [
    ...named("stage", contents.stages),
    ...named("pool", contents.pools),
    ...named("account", contents.accounts),
    ...(contents.languages ?? []).map(({ code, ...fields }) => ({ ...fields, pk: "language", sk: code })),
    ...(contents.prompts ?? []).map(({ event, key, language, text }) => ({
      pk: "prompt",
      sk: `${event}#${key}#${language}`,
      text,
    })),
    ...Object.entries(contents.settings ?? {}).map(([name, value]) => ({ pk: "setting", sk: name, value })),
  ];
  for (let start = 0; start < items.length; start += 25) {
    const puts = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    await aws.dynamo.send(new BatchWriteCommand({ RequestItems: { [names.CONFIG_TABLE]: puts } }));
  }
}
