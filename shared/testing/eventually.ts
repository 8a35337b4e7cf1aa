import { setTimeout as pause } from "node:timers/promises";

/**
 * Calls `attempt` until it answers a truthy value without throwing, and answers that value. The way to wait for what
 * another process does. Fails after `withinSeconds` with `what` and the last thing the attempt answered or threw.
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
  const seen = thrown ? `Last it threw: ${text}` : `Last it answered: ${text}`;
  return new Error(`Not within ${withinSeconds} s: ${what}. ${seen}`, thrown ? { cause: last } : undefined);
}
