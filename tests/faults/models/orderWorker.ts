import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { leaseTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";
import type { LeaseClaim } from "@email-agent/shared/domain/lifecycle/runWrites.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { StepResult, StepRun } from "@email-agent/shared/run/stepRun.ts";
import { pickUp } from "@email-agent/shared/run/workOnRun.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { noMetrics, silent } from "../../../services/sender/testing/sendFixture.ts";
import { type DrivenTime, drivenClock } from "./drivenTime.ts";
import { type DyingProcess, dyingProcess } from "./dyingProcess.ts";

type Work = Parameters<typeof pickUp>[0];
type HandlerEnd = StepResult | { readonly thrown: unknown };

/** A worker process that holds, or held, the lease of a run; it does what it is told and nothing else. */
export interface OrderWorker {
  readonly id: string;
  readonly process: DyingProcess<Pick<Work, "orders" | "queues" | "flags">>;
  /** It may begin a mail. */
  readonly mayBegin: boolean;
  end(how: HandlerEnd): Promise<void>;
  /** A graceful shutdown. */
  release(): Promise<void>;
  /** Sends one heartbeat; resolves when its response is known. */
  beat(): Promise<void>;
}

/** Picks a job up with the code of the product; undefined if the job has no right to run. */
export async function startOrderWorker(
  outside: Pick<Work, "queues" | "flags"> & { readonly orders: WorkOrderStore },
  time: DrivenTime,
  workOrderId: string,
  job: LeaseClaim,
  id: string,
): Promise<OrderWorker | undefined> {
  const process = dyingProcess(outside);
  const clock = drivenClock(time);
  const shutdown = new AbortController();
  const told = Promise.withResolvers<HandlerEnd>();
  let run: StepRun | undefined;
  const handler = async (given: StepRun) => {
    run = given;
    const how = await told.promise;
    if ("thrown" in how) throw how.thrown;
    return how;
  };
  const picked = await pickUp({
    ...{ ...process.ports, clock, log: silent, metrics: noMetrics, times: leaseTimes },
    job: { v: 1, workOrderId, runId: job.runId, token: job.token, addedAt: time.wall },
    ...{ lease: job, worker: id, handler, shutdown: shutdown.signal },
  });
  if (!picked) return undefined;
  const end = async (how: HandlerEnd) => {
    told.resolve(how);
    await process.unlessDead(picked.ended);
  };
  return {
    id,
    process,
    get mayBegin() {
      try {
        run?.proveLease();
        return run !== undefined;
      } catch {
        return false;
      }
    },
    end,
    release() {
      const reason = new AppError("shutting-down", "The service is shutting down.");
      shutdown.abort(reason);
      return end({ thrown: run?.signal.reason ?? reason });
    },
    async beat() {
      // The lease sleeps between two heartbeats, and no more once it is lost.
      await eventually("it sleeps", () => clock.sleeping > 0 || run?.signal.aborted);
      time.monotonic += leaseTimes.heartbeatMilliseconds;
      clock.wake();
      await eventually("it sleeps again", () => clock.sleeping > 0 || run?.signal.aborted, { everyMilliseconds: 1 });
    },
  };
}
