import { readFileSync } from "node:fs";

/** A V8 CPU profile as `--cpu-prof` writes it: times in microseconds on the monotonic clock. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface ProfileShare {
  readonly name: string;
  readonly share: number;
}

export interface ProfileReport {
  /** Of the time looked at, the part in which nothing ran. */
  readonly idleShare: number;
  /** Shares of the time in which something ran. */
  readonly places: readonly ProfileShare[];
  readonly functions: readonly ProfileShare[];
}

/**
 * Where a process spent its time between two moments (monotonic microseconds). `places`: self time by package, or by file
 * of this repository; `functions`: self time by function.
 */
export function readProfile(file: string, from: number, to: number): ProfileReport {
  const { nodes, startTime, samples, timeDeltas } = JSON.parse(readFileSync(file, "utf8")) as CpuProfile;
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const places = new Map<string, number>();
  const functions = new Map<string, number>();
  let idle = 0;
  let total = 0;
  let at = startTime;
  for (const [n, id] of samples.entries()) {
    const delta = timeDeltas[n] ?? 0;
    at += delta;
    if (at < from || at > to) continue;
    total += delta;
    const { functionName, url, lineNumber } = frames.get(id)!;
    if (functionName === "(idle)") idle += delta;
    else {
      const place = placeOf(functionName, url);
      places.set(place, (places.get(place) ?? 0) + delta);
      const name = `${functionName || "(anonymous)"} ${url ? `${place}:${lineNumber + 1}` : ""}`;
      functions.set(name, (functions.get(name) ?? 0) + delta);
    }
  }
  return { idleShare: idle / total, places: shares(places, total - idle), functions: shares(functions, total - idle) };
}

function placeOf(functionName: string, url: string): string {
  if (url === "") return functionName;
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (inPackage) return inPackage[1]!;
  return url.replace(/^file:\/\/.*?\/(shared|services)\//, "$1/");
}

function shares(times: ReadonlyMap<string, number>, total: number): ProfileShare[] {
  return [...times].map(([name, time]) => ({ name, share: time / total })).sort((a, b) => b.share - a.share);
}
