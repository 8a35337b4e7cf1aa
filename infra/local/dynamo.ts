import { createRequire } from "node:module";
import { type ServerProcess, startServer } from "./serverProcess.ts";
import { withoutFsync } from "./withoutFsync.ts";

export interface LocalDynamo extends ServerProcess {
  readonly url: string;
}

/**
 * Starts dynoxide, a DynamoDB with streams in one static binary, on 127.0.0.1. Without `dataFile` it lives in memory.
 * It ends with this process. Its differences from DynamoDB: README.md in this folder.
 *
 * @throws Error with one plain sentence on a platform without the binary, or if the port is taken.
 */
export async function startDynamo(options: { port?: number; dataFile?: string } = {}): Promise<LocalDynamo> {
  const { dataFile } = options;
  const [command = "", ...args] = dataFile ? [...withoutFsync(), dynoxideBinary()] : [dynoxideBinary()];
  const server = await startServer(options.port ?? 0, (port) => ({
    title: "DynamoDB (dynoxide)",
    command,
    args: [...args, "--host", "127.0.0.1", "--port", String(port), ...(dataFile ? ["--db-path", dataFile] : [])],
    readyLine: /listening on http/,
  }));
  return { ...server, url: `http://127.0.0.1:${server.port}` };
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
