import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { afterEach, expect, it } from "vitest";
import { openCloudState, queueArn } from "./cloudState.ts";
import { changeVisibility, countMessages, deleteMessage, receive, send } from "./queueMessages.ts";

const minute = 60_000;
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function stateIn(folder?: string, clock = fakeClock()) {
  return { clock, state: openCloudState(clock, folder) };
}
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "email-agent-queues-"));
  folders.push(folder);
  return folder;
}
const fifo = { FifoQueue: "true" };

it("takes the same deduplication id again after five minutes", async () => {
  const { clock, state } = stateIn();
  const queue = state.createQueue("q.fifo", fifo);
  const first = send(queue, { body: "1", group: "a", dedupeId: "d" });
  await clock.advance(5 * minute - 1);
  expect(send(queue, { body: "2", group: "a", dedupeId: "d" }).id).toBe(first.id);
  await clock.advance(1);
  expect(send(queue, { body: "3", group: "a", dedupeId: "d" }).id).not.toBe(first.id);
  expect(receive(queue, 10).map(({ body }) => body)).toEqual(["1", "3"]);
});

it("hides a message for exactly as long as asked", async () => {
  const { clock, state } = stateIn();
  const queue = state.createQueue("q.fifo", fifo);
  send(queue, { body: "1", group: "a", dedupeId: "d" });
  const [message] = receive(queue, 1, 30);
  await clock.advance(20_000);
  expect(changeVisibility(queue, message?.handle ?? "", 30)).toBe("done");
  await clock.advance(29_999);
  expect(receive(queue, 1)).toEqual([]);
  await clock.advance(1);
  expect(changeVisibility(queue, message?.handle ?? "", 30)).toBe("late");
  expect(deleteMessage(queue, message?.handle ?? "")).toBe("late");
  const [again] = receive(queue, 1);
  expect(again?.receives).toBe(2);
  expect(deleteMessage(queue, message?.handle ?? "")).toBe("stale");
  expect(deleteMessage(queue, again?.handle ?? "")).toBe("done");
});

it("keeps a group closed while any of its messages is in flight, also when an earlier one came back", () => {
  const { state } = stateIn();
  const queue = state.createQueue("q.fifo", fifo);
  for (const body of ["1", "2", "3"]) send(queue, { body, group: "a", dedupeId: body });
  const [one, two] = receive(queue, 2);
  changeVisibility(queue, one?.handle ?? "", 0);
  expect(receive(queue, 10)).toEqual([]);
  deleteMessage(queue, two?.handle ?? "");
  expect(receive(queue, 10).map(({ body }) => body)).toEqual(["1", "3"]);
});

it("forgets messages older than the retention", async () => {
  const { clock, state } = stateIn();
  const queue = state.createQueue("q", { MessageRetentionPeriod: "300" });
  send(queue, { body: "1" });
  await clock.advance(200_000);
  send(queue, { body: "2" });
  await clock.advance(100_000);
  expect(receive(queue, 10).map(({ body }) => body)).toEqual(["2"]);
});

it("remembers messages, receives, flights, deduplication and dead letters over a restart", async () => {
  const folder = newFolder();
  const { clock, state } = stateIn(folder);
  state.createQueue("dead.fifo", fifo);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn("dead.fifo"), maxReceiveCount: 2 });
  const queue = state.createQueue("q.fifo", { ...fifo, RedrivePolicy });
  for (const body of ["1", "2"]) send(queue, { body, group: "a", dedupeId: body });
  send(queue, { body: "gone", group: "b", dedupeId: "gone" });
  receive(queue, 1, 60);
  for (const message of receive(queue, 10)) deleteMessage(queue, message.handle ?? "");

  // Nothing was closed: this is what a killed process leaves behind.
  const again = openCloudState(clock, folder);
  const found = again.queues.get("q.fifo");
  if (!found) throw new Error("the queue is gone");
  expect(countMessages(found)).toEqual({ visible: 1, inFlight: 1, delayed: 0 });
  expect(receive(found, 10)).toEqual([]);
  const sent = send(found, { body: "gone again", group: "b", dedupeId: "gone" });
  expect(Number(sent.sequence)).toBe(3);
  await clock.advance(minute);
  expect(receive(found, 1).map(({ body, receives }) => [body, receives])).toEqual([["1", 2]]);
  await clock.advance(minute);
  expect(receive(found, 1).map(({ body }) => body)).toEqual(["2"]);
  const dead = openCloudState(clock, folder).queues.get("dead.fifo");
  expect(dead && receive(dead, 1).map(({ body }) => body)).toEqual(["1"]);
});

it("reads a journal whose last line was cut off", () => {
  const folder = newFolder();
  const { state } = stateIn(folder);
  const queue = state.createQueue("q", {});
  send(queue, { body: "whole" });
  const path = join(folder, "queues.jsonl");
  writeFileSync(path, `${readFileSync(path, "utf8")}{"op":"add","queue":"q","mess`);
  const again = stateIn(folder).state.queues.get("q");
  expect(again && receive(again, 10).map(({ body }) => body)).toEqual(["whole"]);
});
