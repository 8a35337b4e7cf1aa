import type { CommandQueue, OutgoingCommand } from "@email-agent/shared/adapters/commandQueue.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { leaseTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";

export interface ResendPorts {
  readonly orders: Pick<WorkOrderStore, "get" | "pendingCommands">;
  readonly commands: CommandQueue;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "count">;
}

/** A command not judged for this long was lost between table and queue. */
export const resendMilliseconds = leaseTimes.resendMilliseconds;

/**
 * One round that resends commands which have waited too long, once per period waited: with the deduplication id
 * `<commandId>-<periods waited>` several ingests may send the same command and the queue keeps one.
 */
export function resendCommands(ports: ResendPorts, afterMilliseconds = resendMilliseconds) {
  const { orders, commands, clock, log, metrics } = ports;
  let sentBefore = new Set<string>();

  const resend = async (workOrderId: string): Promise<string | undefined> => {
    const order = await orders.get(workOrderId);
    const outgoing = order && overdue(order, clock.now(), afterMilliseconds);
    if (!outgoing || sentBefore.has(outgoing.deduplicationId)) return outgoing?.deduplicationId;
    const refused = await commands.send([outgoing]);
    if (refused.length > 0) return undefined;
    metrics.count("CommandsResent", 1);
    log.warn(
      { workOrderId, commandId: outgoing.command.commandId },
      "A command was lost between table and queue; sent again",
    );
    return outgoing.deduplicationId;
  };
  return async (signal: AbortSignal): Promise<void> => {
    const sent = new Set<string>();
    for await (const workOrderId of orders.pendingCommands(instant(clock.now() - afterMilliseconds))) {
      if (signal.aborted) return;
      try {
        const deduplicationId = await resend(workOrderId);
        if (deduplicationId) sent.add(deduplicationId);
      } catch (error) {
        log.warn({ error, workOrderId }, "A waiting command could not be resent; the next round tries again");
      }
    }
    sentBefore = sent;
  };
}

function overdue(order: WorkOrder, now: number, afterMilliseconds: number): OutgoingCommand | undefined {
  const { command, pendingCommandAt } = order;
  if (!command || !pendingCommandAt) return undefined;
  const periods = Math.floor((now - epochMilliseconds(pendingCommandAt)) / afterMilliseconds);
  if (periods < 1) return undefined;
  const { id: commandId, ...asked } = command;
  return {
    command: { v: 1, commandId, workOrderId: order.id, ...asked },
    deduplicationId: `${commandId}-${periods}`,
  };
}
