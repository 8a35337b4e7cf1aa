import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type Chunk, type ChunkReturn, chunkSchema } from "../domain/delivery/run.ts";
import type { Counters } from "../domain/workOrder.ts";
import type { Aws } from "./aws.ts";
import type { ChunkReads } from "./chunkReads.ts";
import { readItem } from "./items.ts";

/** One issue of a chunk: the name under which a job, a worker or the coordinator acts on it. */
export interface ChunkIssue {
  readonly runId: string;
  readonly sk: string;
  readonly token: number;
}

/** A picked-up chunk: every write of its worker is conditional on both. */
export interface HeldChunk extends ChunkIssue {
  readonly worker: string;
}

/** What became of a chunk's people so far. */
export interface ChunkResult {
  readonly counts: Counters;
  /** Participant id → reason. */
  readonly skipped: Record<string, string>;
  /** Participant id → instant of the next attempt. */
  readonly retry: Record<string, string>;
  /** Participant id → receiving domain group that had no room for them; they are among `retry`. */
  readonly limited?: Record<string, string>;
}

/** Why and until when a chunk goes back to planned. */
export interface ChunkGivenBack extends ChunkResult {
  readonly returned: ChunkReturn;
  readonly reason: string;
  readonly notBefore?: string;
  readonly errorCode?: string;
  readonly pauseReason?: string;
}

/**
 * The life of a chunk: planned, issued, picked up, done. Every change is one write that is conditional on the chunk's
 * fencing token; false (or undefined) means that another process has moved it on, and the caller leaves it alone.
 */
export interface ChunkWrites {
  /** planned → issued under token + 1, without worker. Returns the new token. */
  issue(planned: ChunkIssue, at: string): Promise<number | undefined>;
  /** Marks that the job of a chunk no worker picked up is added once more. */
  issueAgain(issue: ChunkIssue, at: string): Promise<boolean>;
  /** The right to work on a chunk: issued, this token, no worker. */
  pickUp(issue: ChunkIssue, worker: string, at: string): Promise<Chunk | undefined>;
  heartbeat(held: HeldChunk, at: string, soFar: Pick<ChunkResult, "counts" | "retry">): Promise<boolean>;
  finish(held: HeldChunk, result: ChunkResult, at: string): Promise<boolean>;
  giveBack(held: HeldChunk, result: ChunkGivenBack, at: string): Promise<boolean>;
  /** An unexpected throw; the text is kept. */
  fail(held: HeldChunk, text: string): Promise<boolean>;
  /** Takes a chunk from a silent worker: token + 1, losses + 1, no worker; conditional on the unchanged heartbeat. Returns the new token. */
  takeOver(lost: ChunkIssue & { heartbeatAt: string }, at: string): Promise<number | undefined>;
}

export function chunkWrites(aws: Aws, table: string, readChunk: ChunkReads["chunk"]): ChunkWrites {
  const change = chunkChange(aws, table);
  return {
    async issue(planned, at) {
      const done = await change(planned, "#status = :planned AND #token = :token", {
        set: { status: "issued", token: planned.token + 1, heartbeatAt: at },
        remove: ["worker", "notBefore", "returned", "reason", "errorCode", "pauseReason"],
        values: { ":planned": "planned" },
      });
      return done && planned.token + 1;
    },
    async issueAgain(issue, at) {
      const condition = "#status = :issued AND #token = :token AND attribute_not_exists(#worker)";
      return Boolean(await change(issue, condition, { set: { heartbeatAt: at }, values: { ":issued": "issued" } }));
    },
    async pickUp(issue, worker, at) {
      const condition = "#status = :issued AND #token = :token AND attribute_not_exists(#worker)";
      const item = await change(issue, condition, {
        set: { worker, heartbeatAt: at },
        setIfAbsent: { startedAt: at },
        remove: ["endedAt"],
        values: { ":issued": "issued" },
        returnItem: true,
      });
      if (item) return readItem(table, `${issue.runId} ${issue.sk}`, chunkSchema, item);
      // A pick-up that the SDK repeats after a lost response is refused although it was made: then it has the worker's name.
      const chunk = await readChunk(issue.runId, issue.sk);
      return chunk?.status === "issued" && chunk.token === issue.token && chunk.worker === worker ? chunk : undefined;
    },
    async heartbeat(held, at, { counts, retry }) {
      const set = { heartbeatAt: at, counts, retry };
      return Boolean(await change(held, heldCondition, { set, values: heldValues(held) }));
    },
    async finish(held, { counts, skipped, retry, limited = {} }, at) {
      const waits = Object.keys(limited).length > 0 && { limited };
      const set = { status: "done", counts, skipped, retry, ...waits, endedAt: at };
      return Boolean(await change(held, heldCondition, { set, values: heldValues(held) }));
    },
    async giveBack(held, { counts, skipped, retry, returned, reason, notBefore, errorCode, pauseReason }, at) {
      const optional = {
        ...(notBefore && { notBefore }),
        ...(errorCode && { errorCode }),
        ...(pauseReason && { pauseReason }),
      };
      const set = { status: "planned", counts, skipped, retry, returned, reason, endedAt: at, ...optional };
      // A chunk that only waited for its account has not begun to send.
      const remove = counts.sent + counts.failed + counts.inDoubt > 0 ? ["worker"] : ["worker", "startedAt"];
      return Boolean(await change(held, heldCondition, { set, remove, values: heldValues(held) }));
    },
    async fail(held, text) {
      const set = { status: "failed", reason: text };
      return Boolean(await change(held, heldCondition, { set, values: heldValues(held) }));
    },
    async takeOver(lost, at) {
      const condition =
        "#status = :issued AND #token = :token AND heartbeatAt = :seen AND attribute_exists(#worker) AND attribute_exists(losses)";
      const item = await change(lost, condition, {
        set: { token: lost.token + 1, heartbeatAt: at },
        add: { losses: 1 },
        remove: ["worker"],
        values: { ":issued": "issued", ":seen": lost.heartbeatAt },
      });
      return item && lost.token + 1;
    },
  };
}

const heldCondition = "#status = :issued AND #token = :token AND #worker = :holder";
const heldValues = (held: HeldChunk) => ({ ":issued": "issued", ":holder": held.worker });

interface Change {
  readonly set: Record<string, unknown>;
  readonly setIfAbsent?: Record<string, unknown>;
  readonly add?: Record<string, number>;
  readonly remove?: readonly string[];
  readonly values: Record<string, unknown>;
  readonly returnItem?: boolean;
}

/** One conditional update of a chunk; undefined if the condition refused it, else the item after it (if asked for). */
function chunkChange(aws: Aws, table: string) {
  return async ({ runId, sk, token }: ChunkIssue, condition: string, change: Change) => {
    const { set, setIfAbsent = {}, add = {}, remove = [], values, returnItem } = change;
    const named = [...Object.keys(set), ...Object.keys(setIfAbsent), ...Object.keys(add), ...remove, "status", "token"];
    const names = Object.fromEntries(named.map((name) => [`#${name}`, name]));
    if (condition.includes("#worker")) names["#worker"] = "worker";
    const assignments = [
      ...Object.keys(set).map((name) => `#${name} = :set_${name}`),
      ...Object.keys(setIfAbsent).map((name) => `#${name} = if_not_exists(#${name}, :set_${name})`),
    ];
    const clauses = [`SET ${assignments}`];
    if (Object.keys(add).length) clauses.push(`ADD ${Object.keys(add).map((name) => `#${name} :add_${name}`)}`);
    if (remove.length) clauses.push(`REMOVE ${remove.map((name) => `#${name}`)}`);
    const prefixed = (prefix: string, fields: Record<string, unknown>) =>
      Object.entries(fields).map(([name, value]) => [`:${prefix}_${name}`, value]);
    const request = new UpdateCommand({
      TableName: table,
      Key: { runId, sk },
      UpdateExpression: clauses.join(" "),
      ConditionExpression: condition,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: {
        ...Object.fromEntries([...prefixed("set", { ...set, ...setIfAbsent }), ...prefixed("add", add)]),
        ...values,
        ":token": token,
      },
      ReturnValues: returnItem ? "ALL_NEW" : "NONE",
    });
    try {
      return (await aws.dynamo.send(request)).Attributes ?? {};
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  };
}
