import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { processEnvironment, readConfig } from "@email-agent/shared/kit/config.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Dimensions, MetricName, Metrics } from "@email-agent/shared/kit/metrics.ts";
import { consumeChunks } from "@email-agent/shared/run/consumeChunks.ts";
import { type LimitTimes, limitTimes } from "../src/limits/limitTimes.ts";
import { openSender } from "../src/openSender.ts";
import { runChunk } from "../src/send/runChunk.ts";
import { openSenderPorts, type SenderKit, type SenderTimes } from "../src/senderPorts.ts";
import { type SendLimits, sendLimits } from "../src/sendLimits.ts";
import { senderSteps } from "../src/steps/senderSteps.ts";
import { noMetrics, type SendFixture } from "./sendFixture.ts";

interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

interface Measured {
  readonly name: MetricName;
  readonly value: number;
  readonly dimensions?: Dimensions;
}

export interface InProcessSender extends AsyncDisposable {
  readonly logged: LogLine[];
  readonly measured: Measured[];
}

export interface SenderOptions {
  readonly limits?: Partial<SendLimits>;
  readonly limitTimes?: Partial<LimitTimes>;
  readonly smtpTimes?: SenderTimes["smtpTimes"];
  readonly environment?: Record<string, string>;
  /** Of a sender in this process, in place of `logged`. */
  readonly log?: Log;
  /** By how much the clock of a sender process is fast. */
  readonly offMilliseconds?: number;
}

/** An empty Redis closes an account for 10 s; tests begin with an empty one. */
const quickLimitTimes: Partial<LimitTimes> = { blockMilliseconds: 100, reservationMilliseconds: 2000 };

/** A tenth of the production times or less, so that a minute there is seconds here. */
export const quick: SenderOptions = {
  limits: {
    heartbeatMilliseconds: 300,
    proofMilliseconds: 1000,
    claimMilliseconds: 3000,
    pickUpMilliseconds: 1000,
    takeOverMilliseconds: 2500,
    settlerHeartbeatMilliseconds: 300,
    waitedMilliseconds: 500,
    retryMilliseconds: [400, 400, 400],
    slowLookMilliseconds: 200,
  },
};

function timesOf(options: SenderOptions): SenderTimes {
  return {
    limits: { ...sendLimits, ...options.limits },
    limitTimes: { ...limitTimes, ...quickLimitTimes, ...options.limitTimes },
    ...(options.smtpTimes && { smtpTimes: options.smtpTimes }),
  };
}

/** A sender in this process. Disposing is its graceful shutdown. */
export async function startSender(fixture: SendFixture, options: SenderOptions = {}): Promise<InProcessSender> {
  const { kit, logged, measured, dispose } = kitOf(fixture, options);
  await openSender(kit, timesOf(options));
  return { logged, measured, [Symbol.asyncDispose]: dispose };
}

/** The handlers of a sender and its chunk workers, without a worker for step jobs. */
export async function senderParts(fixture: SendFixture, options: SenderOptions = {}) {
  const { kit, dispose } = kitOf(fixture, options);
  const times = timesOf(options);
  const ports = await openSenderPorts(kit, times);
  const limits = { ...sendLimits, ...times.limits };
  kit.use(
    consumeChunks({
      ...ports,
      ...{ redis: ports.blocking, queue: ports.chunkQueue, concurrency: 50, shutdown: kit.shutdown },
      work: (job, stopping) => runChunk(ports, kit.config, limits, job, stopping),
    }),
  );
  return { handlers: senderSteps(ports, kit.config, limits), [Symbol.asyncDispose]: dispose };
}

function kitOf(fixture: SendFixture, options: SenderOptions) {
  const read = readConfig("sender", { ...fixture.environment, ...options.environment });
  if ("problems" in read) throw new Error(read.problems.map(({ name, text }) => `${name} ${text}`).join("; "));
  const logged: LogLine[] = [];
  const line = (level: string) => (fields: Record<string, unknown>, message: string) =>
    void logged.push({ level, message, fields });
  const kept: Log = { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
  const log = options.log ?? kept;
  const measured: Measured[] = [];
  const measure: Metrics["count"] = (name, value, dimensions) =>
    void measured.push({ name, value, ...(dimensions && { dimensions }) });
  const stack = new AsyncDisposableStack();
  const shutdown = new AbortController();
  const kit: SenderKit = {
    config: read.config,
    log,
    metrics: { ...noMetrics, count: measure, record: measure },
    shutdown: shutdown.signal,
    check: () => {},
    use: (resource) => {
      stack.use(resource);
      return resource;
    },
  };
  const dispose = async () => {
    shutdown.abort();
    await stack.disposeAsync();
  };
  return { kit, logged, measured, dispose };
}

export interface SenderProcess extends AsyncDisposable {
  readonly pid: number;
  readonly ended: Promise<void>;
  readonly lines: string[];
  kill(signal: NodeJS.Signals): void;
}

const reaping = { heartbeatMilliseconds: 300, pickUpMilliseconds: 1000, takeOverMilliseconds: 2500, lossesSurvived: 2 };

/** Ingest's reaper, as often as tests need it. */
export function keepReaping(fixture: SendFixture): AsyncDisposable {
  const stop = new AbortController();
  const reaper = (async () => {
    while (!stop.signal.aborted) {
      await fixture.reap(reaping);
      await pause(200);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await reaper;
    },
  };
}

/** A sender as a process of its own, to be killed, frozen or stopped. Resolves when it is ready. */
export async function spawnSender(fixture: SendFixture, options: SenderOptions = {}): Promise<SenderProcess> {
  // Typed loosely: the types of Next.js, where they are loaded, ask every environment for NODE_ENV.
  const env: Record<string, string | undefined> = {
    PATH: processEnvironment()["PATH"],
    ...fixture.environment,
    ...options.environment,
    TEST_TIMES: JSON.stringify(timesOf(options)),
  };
  const { offMilliseconds = 0 } = options;
  const offClock = new URL(`../../../shared/testing/offClock.ts?milliseconds=${offMilliseconds}`, import.meta.url);
  const script = new URL("senderProcess.ts", import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, ["--import", offClock.href, script], {
    env: env as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const lines: string[] = [];
  const ready = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream as NodeJS.ReadableStream }).on("line", (text) => {
      lines.push(text);
      if (text.includes('"msg":"ready"')) ready.resolve();
    });
  child.once("exit", () => ready.reject(new Error(`The sender ended: ${lines.slice(-5).join("\n")}`)));
  await ready.promise;
  return {
    pid: child.pid as number,
    ended,
    lines,
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
