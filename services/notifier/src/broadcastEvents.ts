import type { Connections } from "@email-agent/shared/adapters/connections.ts";
import { type Connection, maySee } from "@email-agent/shared/domain/connection.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import type { Clock } from "@email-agent/shared/service/clock.ts";
import type { Log } from "@email-agent/shared/service/log.ts";
import type { Metrics } from "@email-agent/shared/service/metrics.ts";
import type { Sockets } from "./adapters/sockets.ts";
import { knownConnections } from "./knownConnections.ts";
import { parallelLimit } from "./parallelLimit.ts";
import { socketText } from "./socketText.ts";

/** Status events → every open connection that may see them. */
export interface Broadcast extends AsyncDisposable {
  /** Posts to all. Failing connections are dealt with one by one; throws only if the connections cannot be read. */
  send(event: StatusEvent): Promise<void>;
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

const postsInParallel = 20;
const retryMilliseconds = 250;
// API Gateway answers 410 also between the end of the connect Lambda and the end of the handshake.
const handshakeMilliseconds = 10_000;
const handshakeRetryMilliseconds = 1000;

export function broadcastEvents(ports: BroadcastPorts): Broadcast {
  const { connections, sockets, metrics, clock, log } = ports;
  const inTurn = parallelLimit(postsInParallel);
  const known = knownConnections({
    connections,
    clock,
    log,
    catchUp: (newcomers, events) => behind(catchUp(newcomers, events)),
  });
  const later = new Set<Promise<void>>();

  async function post(connection: Connection, text: string): Promise<"sent" | "gone"> {
    try {
      return await inTurn(() => sockets.post(connection.connectionId, text));
    } catch {
      // Whatever it was (throttling, network, gateway): once more; a second failure is the caller's to count.
      await clock.sleep(retryMilliseconds);
      return inTurn(() => sockets.post(connection.connectionId, text));
    }
  }

  async function deliver(connection: Connection, text: string, last = false): Promise<void> {
    const { connectionId } = connection;
    try {
      if ((await post(connection, text)) === "sent") return;
      const age = clock.now() - epochMilliseconds(connection.connectedAt);
      if (age < handshakeMilliseconds && !last) return afterHandshake(connection, text);
      known.drop(connectionId);
      await connections.remove(connectionId);
      log.info({ connectionId }, "connection gone, pruned");
    } catch (error) {
      metrics.count("BroadcastErrors", 1);
      log.warn({ error, connectionId }, "a message did not reach a connection");
    }
  }

  /** A connection that is opening right now gets the message a moment later; nobody else waits for it. */
  function afterHandshake(connection: Connection, text: string): void {
    behind(clock.sleep(handshakeRetryMilliseconds).then(() => deliver(connection, text, true)));
  }

  async function catchUp(newcomers: readonly Connection[], events: readonly StatusEvent[]): Promise<void> {
    for (const event of events) await sendTo(newcomers, event);
  }

  function behind(work: Promise<void>): void {
    later.add(work);
    work.finally(() => later.delete(work));
  }

  async function sendTo(candidates: readonly Connection[], event: StatusEvent): Promise<void> {
    const text = socketText(event);
    const audience = candidates.filter((connection) => maySee(connection, event.eventCode));
    await Promise.all(audience.map((connection) => deliver(connection, text)));
  }

  return {
    async send(event) {
      await sendTo(await known.audienceOf(event), event);
    },
    async count() {
      return (await known.fresh()).length;
    },
    async [Symbol.asyncDispose]() {
      await known[Symbol.asyncDispose]();
      while (later.size > 0) await Promise.all(later);
    },
  };
}
