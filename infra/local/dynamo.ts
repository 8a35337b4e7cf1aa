import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type ServerProcess, startServer } from "./serverProcess.ts";
import { tidyStreamRecords } from "./streamRecords.ts";

export interface LocalDynamo extends ServerProcess {
  readonly url: string;
}

/**
 * Starts dynoxide, a DynamoDB with streams in one static binary, on 127.0.0.1. Without `dataFile` its data lives in a
 * temporary folder that is removed at the end. It ends with this process. Its differences from DynamoDB: README.md in
 * this folder.
 *
 * @throws Error with one plain sentence on a platform without the binary, or if the port is taken.
 */
export async function startDynamo(options: { port?: number; dataFile?: string } = {}): Promise<LocalDynamo> {
  const binary = dynoxideBinary();
  const temporary = options.dataFile ? undefined : await mkdtemp(join(tmpdir(), "email-agent-dynamo-"));
  const dataFile = options.dataFile ?? join(temporary as string, "tables.db");
  await mkdir(dirname(dataFile), { recursive: true });
  const server = await startServer(options.port ?? 0, (port) => ({
    title: "DynamoDB (dynoxide)",
    command: binary,
    args: ["--host", "127.0.0.1", "--port", String(port), "--db-path", dataFile],
    readyLine: /listening on http/,
  }));
  tidyStreamRecords(dataFile);
  return {
    ...server,
    url: `http://127.0.0.1:${server.port}`,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      if (temporary) await rm(temporary, { recursive: true, force: true });
    },
  };
}

function dynoxideBinary(): string {
  try {
    return createRequire(import.meta.url).resolve("@dynoxide/linux-x64/dynoxide");
  } catch (cause) {
    const platform = `${process.platform}-${process.arch}`;
    throw new Error(
      `The embedded DynamoDB runs on linux-x64 only and this machine is ${platform}: use "docker compose up" instead.`,
      { cause },
    );
  }
}
