/** Who is to be tried again in this run, and when (epoch ms). */
export interface RetryBook {
  readonly size: number;
  /** When each of them is due (epoch ms). */
  times(): number[];
  add(language: string, retry: Readonly<Record<string, string>>): void;
  /** Forgets people who went into a retry chunk. */
  remove(language: string, ids: readonly string[]): void;
  /** Takes out everybody of one language whose time has come, at most `limit`; undefined if nobody's has. */
  takeDue(now: number, limit: number): { language: string; ids: string[] } | undefined;
}

/**
 * `gridMilliseconds`: times are rounded up to this grid, so that people refused within moments of each other share a chunk.
 * Nobody waits beyond `until`: at the end of sending the rest is to be recorded as skipped.
 */
export function retryBook(gridMilliseconds: number, until = Number.POSITIVE_INFINITY): RetryBook {
  const books = new Map<string, Map<string, number>>();
  return {
    get size() {
      let size = 0;
      for (const book of books.values()) size += book.size;
      return size;
    },
    times: () => [...books.values()].flatMap((book) => [...book.values()]),
    add(language, retry) {
      const book = books.get(language) ?? new Map<string, number>();
      books.set(language, book);
      for (const [id, at] of Object.entries(retry)) {
        const rounded = Math.ceil(Date.parse(at) / gridMilliseconds) * gridMilliseconds;
        book.set(id, Math.min(rounded, until));
      }
    },
    remove(language, ids) {
      for (const id of ids) books.get(language)?.delete(id);
    },
    takeDue(now, limit) {
      for (const [language, book] of books) {
        const ids = [...book].filter(([, at]) => at <= now).map(([id]) => id);
        if (ids.length === 0) continue;
        const taken = ids.slice(0, limit);
        for (const id of taken) book.delete(id);
        return { language, ids: taken };
      }
      return undefined;
    },
  };
}
