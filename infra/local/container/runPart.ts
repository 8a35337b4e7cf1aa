import { startHealthServer } from "@email-agent/shared/kit/healthServer.ts";
import { type Log, openLog } from "@email-agent/shared/kit/log.ts";

/** What a part of the stack gets of its container. */
export interface PartKit {
  readonly log: Log;
  /** Registers something to close; closing goes newest first. Returns it. */
  use<Resource extends Disposable | AsyncDisposable>(resource: Resource): Resource;
  /** A variable the compose file sets; throws one sentence if it did not. */
  variable(name: string): string;
}

/** The port of `/healthz` in every container of the product; the health command of the image calls it. */
const healthPort = 8080;

/**
 * Runs a stand-in as the process of a container of its own: `/healthz` responds once it has started, SIGTERM closes it,
 * and what it cannot handle ends the container, so that it is started again.
 */
export async function runPart(name: string, start: (kit: PartKit) => Promise<void>): Promise<void> {
  const log = openLog(name, "info");
  const stack = new AsyncDisposableStack();
  let ending = false;
  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    await stack.disposeAsync().catch((error) => log.error({ error }, "closing failed"));
    process.exit(code);
  };
  const fail = (error: unknown) => {
    log.error({ error }, "cannot go on");
    void end(1);
  };
  process.on("SIGTERM", () => void end(0));
  process.on("SIGINT", () => void end(0));
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  try {
    await start({
      log,
      use: (resource) => {
        stack.use(resource);
        return resource;
      },
      variable: (variableName) => {
        const value = process.env[variableName];
        if (!value) throw new Error(`${name} needs the variable ${variableName}, which docker-compose.yml sets.`);
        return value;
      },
    });
    stack.use(await startHealthServer(healthPort, new Map()));
    log.info({}, "ready");
  } catch (error) {
    fail(error);
  }
}

/**
 * Listens on all addresses of the container: its own network reaches it, by the name of its service, and the host only
 * through a published port.
 */
export const container = (service: string) => ({ host: "0.0.0.0", hostNames: [service] });

/** Where a part keeps what outlives it: a volume. */
export const dataFolder = "/data";

/**
 * Where setup leaves the variables of the services, a folder each, and where the stack is to be found by the demo and the
 * tests. Every other container finds its own folder mounted here.
 */
export const environmentFolder = "/run/email-agent";
export const accessFile = "stack.json";
