/** Cancel flags `cancel:<runId>` in Redis (TTL 24 h): a fast word to the workers of a run. Not having it costs time only. */
export interface CancelFlags {
  /** Sets and publishes the flag. */
  raise(runId: string): Promise<void>;
  /** Calls `onCancel` once when the flag is raised: by the publish, or by reading the key each second. Dispose to stop watching. */
  watch(runId: string, onCancel: () => void): Disposable;
}
