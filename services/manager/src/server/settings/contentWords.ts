import type { Documents } from "@email-agent/shared/adapters/documents.ts";
import { templateKey } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { macroWords } from "@email-agent/shared/domain/template/macroWords.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { semaphore } from "@email-agent/shared/kit/semaphore.ts";
import { readContent } from "@email-agent/shared/run/loadContent.ts";

/** The names of the macros in texts of the bucket. Objects are named by the hash of their content, so they never change. */
export interface ContentWords {
  ofPrepared(s3Key: string): Promise<ReadonlySet<string>>;
  ofTemplate(name: string, hash: string): Promise<ReadonlySet<string>>;
}

/** Each text gives a few words, so that thousands need no more than some MB. */
const textsKept = 5000;
const readsAtOnce = 8;

export function contentWords(documents: Documents): ContentWords {
  const kept = new Map<string, ReadonlySet<string>>();
  const reads = semaphore(readsAtOnce);
  const wordsOf = async (key: string, read: () => Promise<string>): Promise<ReadonlySet<string>> => {
    const known = kept.get(key);
    if (known) return known;
    const words = await reads.run(() => read().then(macroWords, withoutText));
    const [oldest] = kept.keys();
    if (kept.size >= textsKept && oldest !== undefined) kept.delete(oldest);
    kept.set(key, words);
    return words;
  };
  return {
    ofPrepared: (s3Key) => wordsOf(s3Key, async () => (await readContent(documents, s3Key)).html),
    ofTemplate: (name, hash) => {
      const key = templateKey(name, hash);
      return wordsOf(key, () => documents.getText(key));
    },
  };
}

/** Content that is gone, or that this release cannot read, inserts nothing: its order has to be prepared again anyway. */
function withoutText(error: unknown): ReadonlySet<string> {
  if (error instanceof AppError && (error.code === "not-found" || error.code === "content")) return new Set();
  throw error;
}
