import type { LeaseClaim } from "@email-agent/shared/domain/lifecycle/runWrites.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";

/** Jobs and flags are hints: here they are kept, so that a test can lose, delay and repeat them. */
export function hints() {
  const jobs: LeaseClaim[] = [];
  const watchers: { runId: string; onCancel: () => void }[] = [];
  return {
    jobs,
    queues: {
      addStep: async (step: StepName, { runId, token }: { runId: string; token: number }) =>
        void jobs.push({ step, runId, token }),
      removeStep: async () => {},
    },
    flags: {
      raise: async (runId: string) => {
        for (const watcher of watchers) if (watcher.runId === runId) watcher.onCancel();
      },
      watch: (runId: string, onCancel: () => void): Disposable => {
        const watcher = { runId, onCancel };
        watchers.push(watcher);
        return { [Symbol.dispose]: () => void watchers.splice(watchers.indexOf(watcher), 1) };
      },
    },
  };
}

/** The nth before the last, round and round; undefined where there is none. */
export function latest<Item>(items: readonly Item[], nth: number): Item | undefined {
  return items[items.length - 1 - (nth % items.length)];
}
