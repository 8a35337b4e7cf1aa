import type { Clock } from "../kit/clock.ts";
import type { Log } from "../kit/log.ts";

/** Keeps ECS from choosing this task when fewer are wanted, while it works on something. */
export interface TaskProtection extends AsyncDisposable {
  /** Work on a run begins; it ends with the returned disposal. `minutes` is how long a run can ask for protection in all. */
  hold(runId: string, minutes: number): Disposable;
}

export interface TaskProtectionOptions {
  /** `ECS_AGENT_URI`, which ECS sets in its containers; empty elsewhere: then nothing is protected and nothing asked. */
  readonly agentUrl: string;
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warn">;
}

/** Should this process die or hang, ECS has the task back after so long. */
const expiresInMinutes = 10;
const renewMilliseconds = 4 * 60_000;
/** A sender takes chunk after chunk; between two of them the task stays protected. */
const idleMilliseconds = 15_000;
const lookMilliseconds = 5000;
const retryMilliseconds = 30_000;
const requestMilliseconds = 5000;

interface Hold {
  count: number;
  readonly until: number;
}

/**
 * Task scale-in protection by the agent of the container, set while the process works on a run, renewed before it expires, and
 * released once it has worked on nothing for 15 s. A failure is logged once and retried later; work never waits for it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
export function taskProtection({ agentUrl, clock, log }: TaskProtectionOptions): TaskProtection {
  const holds = new Map<string, Hold>();
  const closing = new AbortController();
  let protectedAt: number | undefined;
  let askAgainAt = 0;
  let neededAt = Number.NEGATIVE_INFINITY;
  let failing = false;
  let following: Promise<void> | undefined;
  let isFollowing = false;

  function isNeeded(): boolean {
    const now = clock.monotonic();
    for (const [runId, { count, until }] of holds) {
      if (count > 0 && now < until) neededAt = now;
      // Forgotten only when its time is over, so that a run of many chunks cannot restart it with each.
      if (count === 0 && now >= until) holds.delete(runId);
    }
    return now - neededAt < idleMilliseconds;
  }

  async function follow(): Promise<void> {
    isFollowing = true;
    while (!closing.signal.aborted) {
      const isWanted = isNeeded();
      const now = clock.monotonic();
      const isDue = isWanted
        ? protectedAt === undefined || now - protectedAt >= renewMilliseconds
        : protectedAt !== undefined;
      if (isDue && now >= askAgainAt) await set(isWanted);
      if (!isWanted && protectedAt === undefined && !isNeeded()) break;
      await clock.sleep(lookMilliseconds, closing.signal).catch(() => {});
    }
    isFollowing = false;
  }

  async function set(isWanted: boolean): Promise<void> {
    try {
      await putState(agentUrl, isWanted);
      protectedAt = isWanted ? clock.monotonic() : undefined;
      askAgainAt = 0;
      failing = false;
    } catch (error) {
      if (!failing)
        log.warn({ error }, "ECS did not take the protection of this task; work goes on, and it is asked again");
      failing = true;
      askAgainAt = clock.monotonic() + retryMilliseconds;
      // What ECS once took has run out by now.
      if (protectedAt !== undefined && clock.monotonic() - protectedAt > expiresInMinutes * 60_000)
        protectedAt = undefined;
    }
  }

  return {
    hold(runId, minutes) {
      if (agentUrl === "") return { [Symbol.dispose]() {} };
      const hold = holds.get(runId) ?? { count: 0, until: clock.monotonic() + minutes * 60_000 };
      holds.set(runId, hold);
      hold.count += 1;
      if (!isFollowing) following = follow();
      let isHeld = true;
      return {
        [Symbol.dispose]() {
          if (!isHeld) return;
          isHeld = false;
          // Counted as needed up to this moment, however short the work was.
          isNeeded();
          hold.count -= 1;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error("closing"));
      await following;
      if (protectedAt !== undefined) await set(false);
    },
  };
}

async function putState(agentUrl: string, isProtected: boolean): Promise<void> {
  const response = await fetch(`${agentUrl}/task-protection/v1/state`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ProtectionEnabled: isProtected,
      ...(isProtected && { ExpiresInMinutes: expiresInMinutes }),
    }),
    signal: AbortSignal.timeout(requestMilliseconds),
  });
  const text = await response.text();
  // What ECS refused comes with status 200, too, as `failure`.
  if (!response.ok || !text.includes('"protection"'))
    throw new Error(`ECS agent: ${response.status} ${text.slice(0, 500)}`);
}
