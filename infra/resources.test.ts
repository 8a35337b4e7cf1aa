import { expect, it } from "vitest";
import { type QueueShape, queues, type TableShape, tableNames, tables } from "./resources.ts";

const queueShapes: QueueShape[] = Object.values(queues);
const tableShapes: TableShape[] = Object.values(tables);

it("gives FIFO queues, and only those, a name that ends in .fifo, and dead-letter queues of the same kind", () => {
  for (const { name, fifo, deadLetter } of queueShapes) {
    expect(name.endsWith(".fifo")).toBe(fifo);
    if (deadLetter) expect(deadLetter.name.endsWith(".fifo")).toBe(fifo);
  }
});

it("keeps names unique, with a prefix too", () => {
  const names = Object.values(tableNames("test-"));
  expect(new Set(names).size).toBe(tableShapes.length);
  expect(names.every((name) => name.startsWith("test-"))).toBe(true);
});

it("has a stream with both images on the work orders only: nothing else makes commands", () => {
  const streaming = Object.entries(tables as Record<string, TableShape>).filter(([, { stream }]) => stream);
  expect(streaming.map(([variable, { stream }]) => [variable, stream])).toEqual([
    ["WORK_ORDERS_TABLE", "NEW_AND_OLD_IMAGES"],
  ]);
});
