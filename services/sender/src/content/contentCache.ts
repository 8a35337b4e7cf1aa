import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { RunContent } from "./loadRunContent.ts";

/** Content of the runs this process is sending, loaded once per run. */
export interface ContentCache {
  of(order: WorkOrder, runId: string): Promise<RunContent>;
}

const runsKept = 50;

/** `load` is called once per run; a failed load is forgotten, so that the next chunk tries again. */
export function contentCache(load: (order: WorkOrder) => Promise<RunContent>): ContentCache {
  const byRun = new Map<string, Promise<RunContent>>();
  return {
    of(order, runId) {
      const known = byRun.get(runId);
      if (known) return known;
      const loading = load(order);
      byRun.set(runId, loading);
      loading.catch(() => byRun.delete(runId));
      const [oldest] = byRun.keys();
      if (byRun.size > runsKept && oldest !== undefined) byRun.delete(oldest);
      return loading;
    },
  };
}
