import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tcpProxy } from "@email-agent/shared/testing/tcpProxy.ts";
import { type LocalDynamo, startDynamo } from "../../../infra/local/dynamo.ts";

/** A database of a scenario's own, behind an address that stays while the server is killed and started again. */
export interface OwnDynamo extends AsyncDisposable {
  readonly url: string;
  signal(signal: NodeJS.Signals): void;
  /** Ends at once, in the middle of whatever it does. */
  kill(): Promise<void>;
  /** Starts it again, with the data it had on disk. */
  start(): Promise<void>;
}

export async function startOwnDynamo(): Promise<OwnDynamo> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.adopt(await mkdtemp(join(tmpdir(), "email-agent-own-dynamo-")), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const open = () => startDynamo({ dataFile: join(folder, "tables.db") });
  let server: LocalDynamo = await open();
  starting.defer(() => server[Symbol.asyncDispose]());
  const portOf = ({ url }: LocalDynamo) => Number(new URL(url).port);
  const line = starting.use(await tcpProxy(portOf(server)));
  const running = starting.move();
  const signal = (name: NodeJS.Signals) => void process.kill(server.pid, name);
  return {
    url: `http://127.0.0.1:${line.port}`,
    signal,
    async kill() {
      line.cut();
      signal("SIGKILL");
      await server.ended;
      await server[Symbol.asyncDispose]();
    },
    async start() {
      server = await open();
      line.moveTo(portOf(server));
      line.mend();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
