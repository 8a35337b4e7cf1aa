import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** How far each shard of a stream was delivered, kept in a file over restarts. */
export interface Checkpoint extends Disposable {
  position(shardId: string): string | undefined;
  /** Remembers; on disk within 100 ms. What a kill loses is delivered again, which is harmless. */
  advance(shardId: string, sequenceNumber: string): void;
}

const writeMilliseconds = 100;

/** Opens the checkpoint of one stream; that of another stream (a recreated table) is ignored. Without file: in memory. */
export function openCheckpoint(streamArn: string, file?: string): Checkpoint {
  const positions = file ? readPositions(streamArn, file) : new Map<string, string>();
  let writing: NodeJS.Timeout | undefined;
  const write = () => {
    clearTimeout(writing);
    writing = undefined;
    if (!file) return;
    writeFileSync(`${file}.new`, JSON.stringify({ streamArn, positions: Object.fromEntries(positions) }));
    renameSync(`${file}.new`, file);
  };
  return {
    position: (shardId) => positions.get(shardId),
    advance(shardId, sequenceNumber) {
      positions.set(shardId, sequenceNumber);
      writing ??= setTimeout(write, writeMilliseconds);
    },
    [Symbol.dispose]() {
      if (writing) write();
    },
  };
}

function readPositions(streamArn: string, file: string): Map<string, string> {
  try {
    const saved = JSON.parse(readFileSync(file, "utf8"));
    return new Map(saved.streamArn === streamArn ? Object.entries(saved.positions as Record<string, string>) : []);
  } catch {
    // No checkpoint, or half a one: the stream is read from its beginning, and what was delivered already is known to ingest.
    return new Map();
  }
}
