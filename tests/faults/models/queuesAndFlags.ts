import type { LeaseClaim } from "@email-agent/shared/domain/lifecycle/runWrites.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";

/** Queues of jobs and flags in memory. Both are hints, which a scenario loses, delays and repeats. */
export function queuesAndFlags() {
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
