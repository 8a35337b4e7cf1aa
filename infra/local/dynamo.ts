import { randomInt } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startDynamoGuard } from "./dynamoGuard.ts";
import { dynamoProgram } from "./platforms.ts";
import { type ServerProcess, startServer } from "./serverProcess.ts";
import { tidyStreamRecords } from "./streamRecords.ts";

const title = "DynamoDB (dynoxide)";

export interface LocalDynamo extends ServerProcess {
  readonly url: string;
  /** The database without its guard, for the product's own processes: a request through the guard costs 0.2 ms of a core. */
  readonly directUrl: string;
}

/**
 * Starts dynoxide, a DynamoDB with streams in one static binary, behind a guard on 127.0.0.1. Without `dataFile` its data
 * lives in a temporary folder that is removed at the end. It ends with this process. Its differences from DynamoDB:
 * README.md in this folder.
 *
 * @throws Error with one plain sentence on a platform without the binary, or if the port is taken.
 */
export async function startDynamo(options: { port?: number; dataFile?: string } = {}): Promise<LocalDynamo> {
  const binary = dynamoProgram();
  const temporary = options.dataFile ? undefined : await mkdtemp(join(tmpdir(), "email-agent-dynamo-"));
  const dataFile = options.dataFile ?? join(temporary as string, "tables.db");
  await mkdir(dirname(dataFile), { recursive: true });
  await using starting = new AsyncDisposableStack();
  if (temporary) starting.defer(() => rm(temporary, { recursive: true, force: true }));
  const server = starting.use(await startDatabase(binary, dataFile));
  const guard = starting.use(await startDynamoGuard(server, { title, port: options.port }));
  // A client of a database that has ended is refused, and not left waiting for one.
  void server.ended.then(() => guard[Symbol.asyncDispose]());
  tidyStreamRecords(dataFile);
  const running = starting.move();
  return {
    pid: server.pid,
    ended: server.ended,
    url: `http://127.0.0.1:${guard.port}`,
    directUrl: `http://${server.host}:${server.port}`,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/**
 * Ports no browser opens, whatever page asks (Fetch, "port blocking"; net::ERR_UNSAFE_PORT), and no system reserves. The
 * database answers `Access-Control-Allow-Origin: *` to every page, with no switch for it: the guard in front of it only
 * helps if there is no way around.
 */
const blockedPorts = [6667, 6666, 6668, 6669, 6665, 6697, 6566, 3659, 4190, 5060, 5061];

async function startDatabase(binary: string, dataFile: string) {
  for (let tries = 1; ; tries++) {
    const [host, port] = [loopbackAddress(), blockedPorts[tries - 1] ?? 0];
    try {
      const server = await startServer(port, () => ({
        title,
        command: binary,
        args: ["--host", host, "--port", String(port), "--db-path", dataFile],
        readyLine: /listening on http/,
      }));
      return { ...server, host };
    } catch (error) {
      const taken = error instanceof Error && error.message.endsWith("is taken by another program.");
      if (!taken || tries === blockedPorts.length) throw error;
    }
  }
}

/** Linux has all of 127.0.0.0/8: one address for each database. Elsewhere there is 127.0.0.1 alone. */
function loopbackAddress(): string {
  if (process.platform !== "linux") return "127.0.0.1";
  return `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
}
