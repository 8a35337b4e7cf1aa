import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { recentOrders } from "./recentOrders.ts";

test("further pages do not read the table again for a minute; a first page does, and so does one after a failure", async () => {
  const stored: WorkOrder[] = [anOrder()];
  let [time, reads, isDown] = [0, 0, false];
  const store = {
    async *list() {
      reads += 1;
      if (isDown) throw new Error("The table does not respond.");
      yield* stored;
    },
  };
  const recent = recentOrders(
    store,
    () => {},
    () => time,
  );
  const ids = async (mayBeOld: boolean) => (await recent.list(mayBeOld)).map(({ id }) => id);
  expect(await ids(true)).toEqual([stored[0]?.id]);
  stored.push(anOrder());
  const newestFirst = stored
    .map(({ id }) => id)
    .sort()
    .reverse();
  expect(await ids(true)).toHaveLength(1);
  expect(await ids(false)).toEqual(newestFirst);
  expect(await ids(true)).toEqual(newestFirst);
  expect(reads).toBe(2);
  time += 60_000;
  isDown = true;
  await expect(ids(true)).rejects.toThrow("does not respond");
  isDown = false;
  expect(await ids(true)).toEqual(newestFirst);
});
