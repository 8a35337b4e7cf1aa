import { connect as connectPlain } from "node:net";
import { connect as connectTls } from "node:tls";
import { AbstractConnector, type Redis, type RedisOptions } from "ioredis";
import { AppError } from "../kit/errors.ts";
import { isRedisReply, replicaReplies } from "../kit/transientErrors.ts";

/**
 * A failover swaps roles: the address of the primary moves, and connections that are open stay with the former primary,
 * which is a read-only replica from then on. What is here keeps every connection on the primary.
 */

/** True for an error reply that only a replica, or a server about to become one, gives. It had no effect there. */
export function isReplicaReply(error: unknown): boolean {
  return isRedisReply(error, replicaReplies);
}

/**
 * Commands that are sent again on the new connection. A script writes all or nothing, a blocking read took nothing. A plain
 * write may be part of a MULTI, outside of which it must not be repeated: its caller gets the error.
 */
const resent = new Set(["eval", "evalsha", "bzpopmin"]);

/** ioredis' `reconnectOnError`: 2 reconnects and sends the command again, 1 reconnects and rejects it. */
export function reconnectOnReplica(error: Error & { command?: { name: string } }): boolean | 1 | 2 {
  if (!isReplicaReply(error)) return false;
  return resent.has(error.command?.name ?? "") ? 2 : 1;
}

/**
 * A connector for ioredis' option `Connector`: a connection counts as ready only if its server is a primary; else it is
 * made again, with the host name resolved again. Copies of the connection (`duplicate()`, BullMQ's blocking one) behave the
 * same. `onReplica` is called at each replica met.
 */
export function primaryConnector(onReplica: () => void): NonNullable<RedisOptions["Connector"]> {
  return class PrimaryConnector extends AbstractConnector {
    readonly #options: RedisOptions;
    #disconnected: AbstractConnector["stream"] | undefined;

    constructor(options: unknown) {
      const given = options as RedisOptions;
      super(given.disconnectTimeout ?? 0);
      this.#options = given;
    }

    /** `info`: the fields of the server's INFO; without the right to read it there are none. */
    override check(info: { readonly role?: string }): boolean {
      if (info.role === undefined || info.role === "master") return true;
      onReplica();
      return false;
    }

    /** ioredis calls this at each READONLY; the connection is ended once. */
    override disconnect(): void {
      if (this.stream !== undefined && this.stream === this.#disconnected) return;
      super.disconnect();
      this.#disconnected = this.stream;
    }

    override async connect(): Promise<AbstractConnector["stream"]> {
      const { host = "localhost", port = 6379, family, path, tls } = this.#options;
      this.connecting = true;
      // The client puts its listeners on before the socket connects.
      await Promise.resolve();
      if (!this.connecting) throw new Error("Connection is closed.");
      const at = path ? { path } : { host, port, ...(family && { family }) };
      this.stream = tls ? connectTls({ ...at, ...(typeof tls === "object" && tls) }) : connectPlain(at);
      this.stream.once("error", (error: Error) => {
        this.firstError = error;
      });
      return this.stream;
    }
  };
}

const lookMilliseconds = 1000;

/**
 * Reconnects a connection whose server has become a replica. A subscription never writes, so it gets no READONLY, and an
 * idle connection gets nothing at all: both ask for the role each second.
 */
export function watchRole(redis: Redis, onReplica: () => void): void {
  let asking = false;
  const look = async () => {
    if (asking || redis.status !== "ready") return;
    asking = true;
    try {
      if (await leadsToPrimary(redis)) return;
      onReplica();
      redis.disconnect(true);
    } catch {
      // Away: `socketTimeout` ends the connection. In subscriber mode of RESP2 (Redis 5) the role cannot be read.
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(() => void look(), lookMilliseconds).unref();
  redis.once("end", () => clearInterval(timer));
}

/** `info`: the text of INFO. A server that does not say its role is taken for a primary. */
export function isPrimary(info: string): boolean {
  const role = /^role:(\w+)/m.exec(info)?.[1];
  return role === undefined || role === "master";
}

async function leadsToPrimary(redis: Redis): Promise<boolean> {
  return isPrimary(await redis.info("replication"));
}

/** For `/readyz`: resolves if each connection leads to a primary. AppError `dependency` at a replica. */
export async function askPrimary(...connections: readonly Redis[]): Promise<void> {
  const primaries = await Promise.all(connections.map(leadsToPrimary));
  if (!primaries.every(Boolean))
    throw new AppError("dependency", "Redis is a read-only replica here: REDIS_URL must lead to the primary.");
}
