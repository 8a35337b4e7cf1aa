import { appendFileSync, existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";

/**
 * A call of a service through one of its ports, and whether the process dies before the call goes out or when its effect has
 * taken place and the response has not been seen.
 */
export interface FaultPoint {
  /** Service, client, command and what it is about: `DynamoDB Update email-work-orders`. */
  readonly call: string;
  /** From 1: the nth such call since the point was armed. */
  readonly nth: number;
  readonly when: "before" | "after";
}

/** One process names its calls, and dies at the one that is armed. */
export interface FaultWatch {
  before(call: string): void;
  after(call: string): void;
}

export type KillableService = "ingest" | "campaign" | "sender" | "notifier" | "router";

/** The files in a folder by which a test and the processes of a service talk; both sides are synchronous. */
export const faultFiles = (folder: string, service: string) => ({
  /** Holds the armed point; the process that dies at it renames it to `fired` first, so that one dies and only once. */
  armed: join(folder, `${service}.armed`),
  fired: join(folder, `${service}.fired`),
  /** Exists while calls are counted. */
  counting: join(folder, `${service}.counting`),
  /** A line for each call. */
  calls: join(folder, `${service}.calls`),
});

/** In a service process: kills it by SIGKILL at the armed point. */
export function watchFaults(folder: string, service: KillableService): FaultWatch {
  const files = faultFiles(folder, service);
  let armed = "";
  let seen = new Map<string, number>();
  const due = (): FaultPoint | undefined => {
    if (!existsSync(files.armed)) return undefined;
    const text = readFileSync(files.armed, "utf8");
    if (text !== armed) seen = new Map();
    armed = text;
    return JSON.parse(text);
  };
  const pass = (call: string, when: FaultPoint["when"]) => {
    if (when === "before" && existsSync(files.counting)) appendFileSync(files.calls, `${call}\n`);
    const point = due();
    if (point?.call !== call || point.when !== when) return;
    const nth = (seen.get(call) ?? 0) + 1;
    seen.set(call, nth);
    if (nth !== point.nth) return;
    try {
      renameSync(files.armed, files.fired);
    } catch {
      // Another process of the service died at it.
      return;
    }
    process.kill(process.pid, "SIGKILL");
  };
  return { before: (call) => pass(call, "before"), after: (call) => pass(call, "after") };
}
