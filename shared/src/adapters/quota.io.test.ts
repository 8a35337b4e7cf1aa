import { afterAll, beforeAll, expect, test } from "vitest";
import { losingClient } from "../../testing/losingClient.ts";
import { startTables, type Tables } from "../../testing/tables.ts";
import { quota } from "./quota.ts";

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables?.[Symbol.asyncDispose]());

const bucket = "2026-03-01T08:00:00.000Z";

test("acceptance 10: places given back whose answer was lost are not given back twice", async () => {
  const records = quota(tables.aws, tables.names);
  await records.add("office", bucket, 10, 100);
  await using losing = losingClient(tables.url, "UpdateItemCommand");
  await expect(quota(losing, tables.names).giveBack("office", bucket, 3)).rejects.toMatchObject({ code: "storage" });
  expect(await records.bucketsSince("office", 0)).toEqual([{ start: Date.parse(bucket), used: 7 }]);
});

test("places are taken up to the limit of one bucket, and given back only as far as they were taken", async () => {
  const records = quota(tables.aws, tables.names);
  expect(await records.add("letters", bucket, 60, 100)).toBe(true);
  expect(await records.add("letters", bucket, 41, 100)).toBe(false);
  expect(await records.giveBack("letters", bucket, 61)).toBe(false);
  expect(await records.giveBack("letters", bucket, 60)).toBe(true);
  expect(await records.bucketsSince("letters", 0)).toEqual([{ start: Date.parse(bucket), used: 0 }]);
});
