import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";

const freshMilliseconds = 1000;
const patienceMilliseconds = 2000;

/**
 * One answer for all who ask within a second: resolves if every dependency answers within 2 s, rejects naming the one
 * that does not.
 */
export function readiness(checks: Record<string, () => Promise<unknown>>, clock: Clock): () => Promise<void> {
  let asked: { at: number; answer: Promise<void> } | undefined;
  return () => {
    if (!asked || clock.monotonic() - asked.at > freshMilliseconds) {
      const all = Object.entries(checks).map(([name, check]) => inTime(name, check, clock));
      asked = { at: clock.monotonic(), answer: Promise.all(all).then(() => undefined) };
    }
    return asked.answer;
  };
}

async function inTime(name: string, check: () => Promise<unknown>, clock: Clock): Promise<void> {
  const answered = new AbortController();
  const late = clock.sleep(patienceMilliseconds, answered.signal).then(
    () => Promise.reject(new AppError("dependency", `${name} does not answer.`)),
    () => undefined,
  );
  try {
    await Promise.race([check(), late]);
  } catch (cause) {
    throw new AppError("dependency", `${name} is not ready.`, { cause });
  } finally {
    answered.abort();
  }
}
