import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";

const freshMilliseconds = 1000;
const timeoutMilliseconds = 2000;

/**
 * The readiness check, cached for a second: resolves if every dependency responds within 2 s, rejects naming the one that
 * does not.
 */
export function readiness(checks: Record<string, () => Promise<unknown>>, clock: Clock): () => Promise<void> {
  let cached: { at: number; result: Promise<void> } | undefined;
  return () => {
    if (!cached || clock.monotonic() - cached.at > freshMilliseconds) {
      const all = Object.entries(checks).map(([name, check]) => inTime(name, check, clock));
      cached = { at: clock.monotonic(), result: Promise.all(all).then(() => undefined) };
    }
    return cached.result;
  };
}

async function inTime(name: string, check: () => Promise<unknown>, clock: Clock): Promise<void> {
  const settled = new AbortController();
  const late = clock.sleep(timeoutMilliseconds, settled.signal).then(
    () => Promise.reject(new AppError("dependency", `${name} does not respond.`)),
    () => undefined,
  );
  try {
    await Promise.race([check(), late]);
  } catch (cause) {
    throw new AppError("dependency", `${name} is not ready.`, { cause });
  } finally {
    settled.abort();
  }
}
