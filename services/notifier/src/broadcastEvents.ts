import type { Connections } from "@email-agent/shared/adapters/connections.ts";
import { type Connection, maySee } from "@email-agent/shared/domain/connection.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import { inSpan } from "@email-agent/shared/kit/tracing.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import type { Sockets } from "./adapters/sockets.ts";
import { knownConnections } from "./knownConnections.ts";
import { postNewest } from "./postNewest.ts";

/** Broadcasts status events to every open connection that may see them. */
export interface Broadcast extends AsyncDisposable {
  /**
   * Begins to post to all; waits only while too many posts wait (backpressure). `settled` resolves once each connection got
   * the event or was given up, or has a newer one of the order waiting. Throws if the connections cannot be read.
   */
  send(event: StatusEvent): Promise<{ readonly settled: Promise<void> }>;
  /** How many connections are open. */
  count(): Promise<number>;
}

export interface BroadcastPorts {
  readonly connections: Pick<Connections, "list" | "remove">;
  readonly sockets: Pick<Sockets, "post">;
  readonly metrics: Pick<Metrics, "count">;
  readonly clock: Clock;
  readonly log: Log;
}

export function broadcastEvents({ connections, sockets, metrics, clock, log }: BroadcastPorts): Broadcast {
  const poster = postNewest({
    ...{ sockets, metrics, clock, log },
    async remove(connectionId) {
      known.drop(connectionId);
      await connections.remove(connectionId);
    },
  });
  const known = knownConnections({
    connections,
    clock,
    log,
    catchUp: (newcomers, event) => void sendTo(newcomers, event),
  });

  function sendTo(candidates: readonly Connection[], event: StatusEvent) {
    return poster.offer(
      event,
      candidates.filter((connection) => maySee(connection, event.eventCode)),
    );
  }

  return {
    send(event) {
      const attributes = { "email_agent.work_order": event.workOrderId, "email_agent.version": event.version };
      return inSpan("broadcast status event", { kind: "consumer", parent: event.traceparent, attributes }, async () =>
        sendTo(await known.audienceOf(event), event),
      );
    },
    async count() {
      return (await known.fresh()).length;
    },
    async [Symbol.asyncDispose]() {
      await known[Symbol.asyncDispose]();
      await poster[Symbol.asyncDispose]();
    },
  };
}
