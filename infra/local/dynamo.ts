import { createRequire } from "node:module";
import { freePort } from "./freePort.ts";
import { onFreePort, type ServerProcess, startServerProcess } from "./serverProcess.ts";

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
  const command = dynoxideBinary();
  return onFreePort(options.port ?? 0, freePort, async (port) => {
    const args = ["serve", "--host", "127.0.0.1", "--port", String(port)];
    if (options.dataFile) args.push("--db-path", options.dataFile);
    const server = await startServerProcess({ command, args, readyLine: /listening on http/ });
    return { ...server, url: `http://127.0.0.1:${port}` };
  });
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
