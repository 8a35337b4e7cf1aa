import { type NativeAttributeValue, QueryCommand, type QueryCommandInput, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Aws } from "./aws.ts";

type Item = Record<string, NativeAttributeValue>;

/** Every page of a query, following the page token; pages without items are left out. Throws `signal.reason` when aborted. */
export async function* queryPages(
  aws: Pick<Aws, "dynamo">,
  input: QueryCommandInput,
  signal?: AbortSignal,
): AsyncGenerator<Item[]> {
  let after: Item | undefined;
  do {
    signal?.throwIfAborted();
    const page = await aws.dynamo.send(new QueryCommand({ ...input, ExclusiveStartKey: after }));
    signal?.throwIfAborted();
    if (page.Items && page.Items.length > 0) yield page.Items;
    after = page.LastEvaluatedKey;
  } while (after);
}

/** Every page of a table, consistent, following the page token. */
export async function* scanPages(aws: Pick<Aws, "dynamo">, table: string): AsyncGenerator<Item[]> {
  let after: Item | undefined;
  do {
    const page = await aws.dynamo.send(
      new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: after }),
    );
    yield page.Items ?? [];
    after = page.LastEvaluatedKey;
  } while (after);
}

/**
 * Merges the pages of several sources, `lanes` of them read at a time. Each source is at most one page ahead of its
 * reader, so memory stays flat. The first error ends all.
 */
export async function* inParallel<Page>(
  lanes: number,
  sources: readonly (() => AsyncGenerator<Page>)[],
): AsyncGenerator<Page> {
  const waiting = [...sources];
  const ahead = new Map<
    AsyncGenerator<Page>,
    Promise<{ source: AsyncGenerator<Page>; result: IteratorResult<Page> }>
  >();
  const advance = (source: AsyncGenerator<Page>) => {
    const next = source.next().then((result) => ({ source, result }));
    // A page that is never fetched (the reader left, or another source failed) must not fail the process.
    next.catch(() => {});
    ahead.set(source, next);
  };
  const open = () => {
    const source = waiting.shift();
    if (source) advance(source());
  };
  for (let lane = 0; lane < lanes; lane++) open();
  while (ahead.size > 0) {
    const { source, result } = await Promise.race(ahead.values());
    ahead.delete(source);
    if (result.done) {
      open();
      continue;
    }
    advance(source);
    yield result.value;
  }
}
