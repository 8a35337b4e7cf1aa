import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { Redis } from "ioredis";
import { afterEach, describe, expect, it, vi } from "vitest";
import { redisKindsHere } from "./contract/redisKindsHere.ts";
import { freePort } from "./freePort.ts";
import { startRedis } from "./redis.ts";

const kinds = await redisKindsHere();
const realKinds = kinds.filter((kind) => kind !== "js");
afterEach(() => vi.unstubAllEnvs());

describe.each(kinds)("Redis of kind %s", (kind) => {
  it("listens on loopback only", async () => {
    await using server = await startRedis({ kinds: [kind] });
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ internal, family }) => !internal && family === "IPv4")?.address;
    const outcome = await new Promise((resolve) => {
      const socket = connect({ host: outside ?? "127.0.0.2", port: Number(new URL(server.url).port) });
      socket.once("connect", () => resolve("connected")).once("error", () => resolve("refused"));
    });
    expect(outcome).toBe("refused");
  });

  it.each([2, 200_000])(
    "takes no commands out of a request of a web page with an address of %i characters",
    async (length) => {
      await using server = await startRedis({ kinds: [kind] });
      const body = "SET evil yes\r\n*3\r\n$3\r\nSET\r\n$4\r\nevil\r\n$3\r\nyes\r\n";
      const head = `POST ${"/".padEnd(length, "a")} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n`;
      const socket = connect({ host: "127.0.0.1", port: Number(new URL(server.url).port) });
      socket.on("error", () => {});
      socket.resume();
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      socket.write(head + body);
      await closed;
      const redis = new Redis(server.url);
      expect(await redis.get("evil")).toBeNull();
      redis.disconnect();
    },
  );

  it("says that a port is taken", async () => {
    const port = await freePort();
    const other = createServer().listen(port, "127.0.0.1");
    await expect(startRedis({ kinds: [kind], port })).rejects.toThrow(/Port \d+.*Redis.*taken/);
    other.close();
  });

  it("ends when it is stopped", async () => {
    const server = await startRedis({ kinds: [kind] });
    const pid = server.pid as number;
    await server[Symbol.asyncDispose]();
    await eventually("the process is gone", () => !isRunning(pid));
  });
});

describe.each(realKinds)("Redis of kind %s", (kind) => {
  it("keeps what was written over kill -9, under a new run id", async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), "email-agent-redis-test-"));
    const runId = async (redis: Redis) => /run_id:(\w+)/.exec(await redis.info("server"))?.[1];
    const first = await startRedis({ kinds: [kind], dataFolder });
    const before = new Redis(first.url);
    await before.set("kept", "yes");
    const firstRunId = await runId(before);
    before.disconnect();
    // Redis writes the append-only file before it answers, so whatever was answered survives the process.
    process.kill(first.pid as number, "SIGKILL");
    await using second = await startRedis({ kinds: [kind], dataFolder });
    const after = new Redis(second.url);
    expect(await after.get("kept")).toBe("yes");
    expect(await runId(after)).not.toBe(firstRunId);
    after.disconnect();
    rmSync(dataFolder, { recursive: true });
  });
});

describe("the choice of a Redis", () => {
  it("takes the one of REDIS_URL before any other", async () => {
    await using running = await startRedis({ kinds: ["path", "debian", "js"] });
    vi.stubEnv("REDIS_URL", running.url);
    await using chosen = await startRedis();
    expect(chosen).toMatchObject({ kind: "given", url: running.url });
    expect(chosen.pid).toBeUndefined();
  });

  it("says that nothing responds at REDIS_URL", async () => {
    vi.stubEnv("REDIS_URL", `redis://127.0.0.1:${await freePort()}`);
    await expect(startRedis()).rejects.toThrow(/REDIS_URL names a Redis at 127.0.0.1:\d+, but nothing responds/);
  });

  it("goes on to the next kind where the path holds none", async () => {
    vi.stubEnv("REDIS_URL", "");
    vi.stubEnv("PATH", "/nowhere");
    await expect(startRedis({ kinds: ["given", "path"] })).rejects.toThrow(/No Redis was found/);
  });

  it("leaves nothing behind in the temporary folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "email-agent-redis-test-"));
    vi.stubEnv("TMPDIR", folder);
    const server = await startRedis();
    expect(readdirSync(folder)).toHaveLength(1);
    await server[Symbol.asyncDispose]();
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
