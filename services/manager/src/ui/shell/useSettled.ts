import { useCallback, useLayoutEffect, useRef } from "react";

/** For this long after a button changes what it does, a press was meant for what it did before. */
const settleMilliseconds = 700;

/** True once presses count again. `changedAt`: when the meaning changed, undefined if it never did; both in monotonic ms. */
export function isSettled(changedAt: number | undefined, now: number): boolean {
  return changedAt === undefined || now - changedAt >= settleMilliseconds;
}

/**
 * Guards a button that changes what it does while a user is about to press it (Start becomes Stop because a colleague
 * started the step). `meaning` names what a press does now, undefined while it does nothing. The result says whether a press,
 * by pointer or keyboard, counts.
 */
export function useSettled(meaning: string | undefined): () => boolean {
  const known = useRef<{ readonly meaning: string | undefined; readonly changedAt?: number }>({ meaning });
  // Before the change is painted.
  useLayoutEffect(() => {
    const before = known.current.meaning;
    if (meaning === undefined || before === meaning) return;
    known.current = { meaning, ...(before !== undefined && { changedAt: performance.now() }) };
  }, [meaning]);
  return useCallback(() => isSettled(known.current.changedAt, performance.now()), []);
}
