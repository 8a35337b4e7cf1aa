import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TcpProxy, tcpProxy } from "@email-agent/shared/testing/tcpProxy.ts";
import { Redis } from "ioredis";
import { type LocalRedis, startRedis } from "../../../infra/local/redis.ts";
import { NotPossibleHere } from "../scenario.ts";

/** A Redis of a scenario's own, behind an address that stays while the server is killed and started again. */
export interface OwnRedis extends AsyncDisposable {
  readonly url: string;
  /** What the product's connections pass. */
  readonly line: TcpProxy;
  /** Straight to the server, on a connection that is closed afterwards. */
  ask<Result>(work: (redis: Redis) => Promise<Result>): Promise<Result>;
  signal(signal: NodeJS.Signals): void;
  /** Ends at once; what it had not written is lost. */
  kill(): Promise<void>;
  /** Starts it again, with the data it had on disk or with none. */
  start(data: "kept" | "none"): Promise<void>;
}

/** Rejects with `NotPossibleHere` on a machine without a real Redis. */
export async function startOwnRedis(): Promise<OwnRedis> {
  await using starting = new AsyncDisposableStack();
  const folders = starting.adopt(await mkdtemp(join(tmpdir(), "email-agent-own-redis-")), (folder) =>
    rm(folder, { recursive: true, force: true }),
  );
  let folder = join(folders, "0");
  let starts = 0;
  const open = () =>
    startRedis({ kinds: ["path", "debian"], dataFolder: folder }).catch((error) => {
      throw new NotPossibleHere(`It needs a Redis server: ${error.message}`);
    });
  let server: LocalRedis = await open();
  starting.defer(() => server[Symbol.asyncDispose]());
  const portOf = ({ url }: LocalRedis) => Number(new URL(url).port);
  const line = starting.use(await tcpProxy(portOf(server)));
  const running = starting.move();
  const signal = (name: NodeJS.Signals) => void process.kill(server.pid as number, name);
  return {
    url: `redis://127.0.0.1:${line.port}`,
    line,
    async ask(work) {
      const redis = new Redis(server.url);
      try {
        return await work(redis);
      } finally {
        redis.disconnect();
      }
    },
    signal,
    async kill() {
      line.cut();
      signal("SIGKILL");
      await server[Symbol.asyncDispose]();
    },
    async start(data) {
      starts += 1;
      if (data === "none") folder = join(folders, String(starts));
      server = await open();
      line.moveTo(portOf(server));
      line.mend();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
