import { setTimeout as pause } from "node:timers/promises";

/**
 * Polls `attempt` until it returns a truthy value without throwing, and returns that value: the way to wait for another
 * process. Fails after `withinSeconds` with `what` and the last value the attempt returned or threw.
 */
export async function eventually<Value>(
  what: string,
  attempt: () => Value | Promise<Value>,
  options: { withinSeconds?: number; everyMilliseconds?: number } = {},
): Promise<Exclude<Awaited<Value>, undefined | null | false | 0 | "">> {
  const { withinSeconds = 10, everyMilliseconds = 20 } = options;
  const deadline = performance.now() + withinSeconds * 1000;
  for (;;) {
    let last: unknown;
    let thrown = false;
    try {
      last = await attempt();
      if (last) return last as Exclude<Awaited<Value>, undefined | null | false | 0 | "">;
    } catch (error) {
      last = error;
      thrown = true;
    }
    if (performance.now() >= deadline) throw failure(what, withinSeconds, last, thrown);
    await pause(everyMilliseconds);
  }
}

function failure(what: string, withinSeconds: number, last: unknown, thrown: boolean): Error {
  const text = thrown && last instanceof Error ? last.message : JSON.stringify(last);
  const seen = thrown ? `Last it threw: ${text}` : `Last it returned: ${text}`;
  return new Error(`Not within ${withinSeconds} s: ${what}. ${seen}`, thrown ? { cause: last } : undefined);
}
