import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { debianRedis, type RedisProgram } from "./debianRedis.ts";
import { type ServerCommand, startServer } from "./serverProcess.ts";

/** Where a Redis comes from, best first. */
const redisKinds = ["given", "path", "debian", "js"] as const;
export type RedisKind = (typeof redisKinds)[number];

export interface LocalRedis extends AsyncDisposable {
  readonly url: string;
  /** What was chosen, for people: `redis-server from the path`. */
  readonly title: string;
  readonly kind: RedisKind;
  /** The server's process, unless it was given by `REDIS_URL`. */
  readonly pid?: number;
}

export interface RedisOptions {
  readonly port?: number;
  /** Where the append-only file lives. Default: a temporary folder that is removed at the end. */
  readonly dataFolder?: string;
  /** Which kinds to try, in this order. Default: all. */
  readonly kinds?: readonly RedisKind[];
}

/**
 * Starts a Redis on 127.0.0.1 with an append-only file and without eviction: the one `REDIS_URL` names; else the
 * `redis-server` or `valkey-server` of the path; else, on Debian and its kin, the package fetched into `.cache` without
 * root; else a server written in JavaScript, which keeps nothing over a restart (README.md in this folder).
 */
export async function startRedis(options: RedisOptions = {}): Promise<LocalRedis> {
  for (const kind of options.kinds ?? redisKinds) {
    if (kind === "given") {
      const url = process.env["REDIS_URL"];
      if (url) return givenRedis(url);
      continue;
    }
    const program = kind === "path" ? findOnPath() : kind === "debian" ? await debianRedis() : jsRedis;
    if (program) return startProgram(kind, program, options);
  }
  throw new Error("No Redis was found: install redis-server, or set REDIS_URL to one that runs.");
}

const jsRedis: RedisProgram = {
  title: "js-redis-server (JavaScript, slow, keeps nothing over a restart)",
  command: process.execPath,
  args: [fileURLToPath(new URL("./jsRedisServer.ts", import.meta.url))],
};

/** The Redis or Valkey of the path. */
export function findOnPath(): RedisProgram | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const name of ["redis-server", "valkey-server"]) {
    const command = folders.map((folder) => join(folder, name)).find(existsSync);
    if (command) return { title: `${name} from the path`, command };
  }
  return undefined;
}

async function startProgram(kind: RedisKind, program: RedisProgram, options: RedisOptions): Promise<LocalRedis> {
  const temporary = options.dataFolder ? undefined : await mkdtemp(join(tmpdir(), "email-agent-redis-"));
  const folder = options.dataFolder ?? (temporary as string);
  await mkdir(folder, { recursive: true });
  const server = await startServer(options.port ?? 0, (port) => redisCommand(program, port, folder));
  return {
    url: `redis://127.0.0.1:${server.port}`,
    title: program.title,
    kind,
    pid: server.pid,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      if (temporary) await rm(temporary, { recursive: true, force: true });
    },
  };
}

function redisCommand(program: RedisProgram, port: number, folder: string): ServerCommand {
  const settings = {
    port: String(port),
    bind: "127.0.0.1",
    dir: folder,
    appendonly: "yes",
    // The append-only file holds everything; snapshots would only double the writing.
    save: "",
    "maxmemory-policy": "noeviction",
  };
  return {
    title: `Redis (${program.title})`,
    command: program.command,
    args: [...(program.args ?? []), ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])],
    env: program.env,
    readyLine: /ready to accept connections/i,
  };
}

async function givenRedis(url: string): Promise<LocalRedis> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port || 6379) });
  try {
    await once(socket, "connect");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : cause;
    throw new Error(`REDIS_URL names a Redis at ${hostname}:${port || 6379}, but nothing responds there (${code}).`, {
      cause,
    });
  } finally {
    socket.destroy();
  }
  return { url, title: "the Redis of REDIS_URL", kind: "given", async [Symbol.asyncDispose]() {} };
}
