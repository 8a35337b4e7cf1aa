import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./freePort.ts";
import { onFreePort, type ServerProcess, startServerProcess } from "./serverProcess.ts";

export interface LocalRedis extends AsyncDisposable {
  readonly url: string;
  readonly kind: string;
  readonly pid?: number;
}

/** Starts a Redis on 127.0.0.1 with `noeviction` and an append-only file in `dataFolder` (default: a temporary folder). */
export async function startRedis(options: { port?: number; dataFolder?: string } = {}): Promise<LocalRedis> {
  const temporary = options.dataFolder ? undefined : await mkdtemp(join(tmpdir(), "email-agent-redis-"));
  const folder = options.dataFolder ?? (temporary as string);
  return onFreePort(options.port ?? 0, freePort, async (port) => {
    const server = await startServerProcess({
      command: "redis-server",
      args: settings(port, folder),
      readyLine: /Ready to accept connections/,
    });
    return {
      url: `redis://127.0.0.1:${port}`,
      kind: "redis-server",
      pid: server.pid,
      [Symbol.asyncDispose]: () => stop(server, temporary),
    };
  });
}

function settings(port: number, folder: string): string[] {
  return [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--dir",
    folder,
    "--appendonly",
    "yes",
    "--maxmemory-policy",
    "noeviction",
    "--save",
    "",
  ];
}

async function stop(server: ServerProcess, temporary: string | undefined): Promise<void> {
  await server[Symbol.asyncDispose]();
  if (temporary) await rm(temporary, { recursive: true, force: true });
}
