import fc from "fast-check";
import { expect, test } from "vitest";
import { compareIds } from "../domain/delivery/idOrder.ts";
import { mergedPages, type ShardPage } from "./mergedPages.ts";

/** Shards in memory that answer as DynamoDB does: a limit, and a place to go on unless it is the end. */
function shardsOf(ids: readonly string[], shardCount: number, perShard: number) {
  const shards = Array.from({ length: shardCount }, () => [] as string[]);
  for (const [index, id] of ids.entries()) shards[(index * 7) % shardCount]?.push(id);
  const reads = shards.map((shard) => {
    const sorted = shard.toSorted(compareIds);
    return async (after: string | undefined): Promise<ShardPage<string>> => {
      const from = after === undefined ? 0 : sorted.findIndex((id) => compareIds(id, after) > 0);
      const items = from < 0 ? [] : sorted.slice(from, from + perShard);
      return items.length < perShard ? { items } : { items, readTo: items.at(-1) as string };
    };
  });
  return reads;
}

const identity = (id: string) => id;
const ids = fc.uniqueArray(fc.string({ unit: fc.constantFrom("a", "b", "1", "é", "😀", "\uffee"), maxLength: 5 }));

test("shards are merged into one order, no one twice and no one left out, from any cursor", async () => {
  const options = fc.record({ shardCount: fc.integer({ min: 1, max: 16 }), perShard: fc.integer({ min: 1, max: 5 }) });
  await fc.assert(
    fc.asyncProperty(ids, options, fc.nat({ max: 8 }), async (all, { shardCount, perShard }, stopAfter) => {
      const found: string[] = [];
      let readTo: string | undefined;
      for (;;) {
        let pages = 0;
        const begun = { perShard, ...(readTo !== undefined && { after: readTo }) };
        readTo = undefined;
        for await (const page of mergedPages(shardsOf(all, shardCount, perShard), identity, begun)) {
          found.push(...page.items);
          readTo = page.readTo;
          pages += 1;
          if (pages > stopAfter) break;
        }
        if (readTo === undefined) break;
      }
      expect(found).toEqual(all.toSorted(compareIds));
    }),
  );
});

test("an aborted read ends with the reason", async () => {
  const stop = new AbortController();
  const read = mergedPages(shardsOf(["a", "b", "c", "d"], 2, 1), identity, { perShard: 1, signal: stop.signal });
  await read.next();
  stop.abort(new Error("gone"));
  await expect(read.next()).rejects.toThrow("gone");
});
