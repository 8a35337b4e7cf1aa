import type { CompiledMail } from "@email-agent/shared/domain/template/mail.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError, type ErrorCode } from "@email-agent/shared/kit/errors.ts";

/** LRU cache of compiled mails by their content. */
export interface CompiledContents {
  /**
   * The mail of this key, as `compile` makes it. Calls for one key at the same time share one compilation; so do later
   * calls until it is no longer fresh. Rejects with what `compile` threw.
   */
  of(key: string, compile: () => Promise<CompiledContent>): Promise<CompiledMail>;
}

export interface CompiledContent {
  readonly mail: CompiledMail;
  /** Of the HTML it was compiled from. */
  readonly bytes: number;
}

export interface CompiledContentsOptions {
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** So long an entry is used without checking whether prompts, settings or subject have changed. */
  readonly freshMilliseconds: number;
  readonly clock: Pick<Clock, "monotonic">;
}

interface Entry {
  readonly mail: Promise<CompiledMail>;
  readonly madeAt: number;
  bytes: number;
}

/** Content that cannot be compiled stays so: compiling it again at each request costs as much as content that can. */
const lasting: readonly ErrorCode[] = ["content", "configuration"];

export function compiledContents({
  maxEntries,
  maxBytes,
  freshMilliseconds,
  clock,
}: CompiledContentsOptions): CompiledContents {
  // In the order of last use.
  const entries = new Map<string, Entry>();
  let bytes = 0;

  function remove(key: string, entry: Entry): void {
    if (entries.get(key) !== entry) return;
    entries.delete(key);
    bytes -= entry.bytes;
  }

  function evict(): void {
    for (const [key, entry] of entries) {
      if (entries.size <= maxEntries && bytes <= maxBytes) return;
      remove(key, entry);
    }
  }

  function make(key: string, compile: () => Promise<CompiledContent>): Entry {
    const compiling = compile();
    const entry: Entry = { mail: compiling.then(({ mail }) => mail), madeAt: clock.monotonic(), bytes: 0 };
    compiling.then(
      (made) => {
        if (entries.get(key) !== entry) return;
        entry.bytes = made.bytes;
        bytes += made.bytes;
        evict();
      },
      (error) => {
        if (!(error instanceof AppError && lasting.includes(error.code))) remove(key, entry);
      },
    );
    return entry;
  }

  return {
    of(key, compile) {
      let entry = entries.get(key);
      if (entry && clock.monotonic() - entry.madeAt >= freshMilliseconds) {
        remove(key, entry);
        entry = undefined;
      }
      entry ??= make(key, compile);
      entries.delete(key);
      entries.set(key, entry);
      evict();
      return entry.mail;
    },
  };
}
