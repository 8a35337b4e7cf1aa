import { Redis } from "ioredis";
import { type LocalRedis, startRedis } from "../../infra/local/redis.ts";
import { eventually } from "./eventually.ts";
import { tcpProxy } from "./tcpProxy.ts";

export interface RedisNode {
  readonly port: number;
  readonly pid: number;
  /** For the administrator: straight to this node. */
  readonly admin: Redis;
}

/** A primary and its replica behind an address that moves on failover, as in ElastiCache. */
export interface RedisPair extends AsyncDisposable {
  /** New connections go to the node it was moved to; open ones stay where they are. */
  readonly url: string;
  readonly first: RedisNode;
  readonly second: RedisNode;
  moveTo(node: RedisNode): void;
  /** Waits until the replica `of` has everything `primary` has. */
  inSync(primary: RedisNode, replica: RedisNode): Promise<void>;
  /** Promotes `to` and demotes the other node, as a planned failover does. The address does not move. */
  switchRoles(to: RedisNode): Promise<void>;
}

export async function startRedisPair(): Promise<RedisPair> {
  await using stack = new AsyncDisposableStack();
  const start = async (): Promise<RedisNode> => node(stack, stack.use(await startRedis({ kinds: ["path", "debian"] })));
  const first = await start();
  const second = await start();
  const address = stack.use(await tcpProxy(first.port));
  const follow = (replica: RedisNode, primary: RedisNode) => replica.admin.replicaof("127.0.0.1", primary.port);
  const inSync = async (primary: RedisNode, replica: RedisNode) => {
    await eventually("the replica is in sync", async () => {
      const [of, own] = await Promise.all([primary.admin.info("replication"), replica.admin.info("replication")]);
      const offset = /master_repl_offset:(\d+)/.exec(of)?.[1];
      return /master_link_status:up/.test(own) && own.includes(`slave_repl_offset:${offset}`);
    });
  };
  await follow(second, first);
  await inSync(first, second);
  const owned = stack.move();
  return {
    url: `redis://127.0.0.1:${address.port}`,
    first,
    second,
    moveTo: ({ port }) => address.moveTo(port),
    inSync,
    async switchRoles(to) {
      const from = to === first ? second : first;
      await to.admin.replicaof("NO", "ONE");
      await follow(from, to);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function node(stack: AsyncDisposableStack, server: LocalRedis): Promise<RedisNode> {
  const port = Number(new URL(server.url).port);
  const admin = stack.adopt(new Redis(server.url), (redis) => redis.disconnect());
  admin.on("error", () => {});
  // Sync a replica at once, instead of waiting 5 s for further ones.
  await admin.config("SET", "repl-diskless-sync-delay", "0");
  return { port, pid: server.pid as number, admin };
}
