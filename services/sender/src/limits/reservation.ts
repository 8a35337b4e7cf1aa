import type { Clock } from "@email-agent/shared/service/clock.ts";
import type { Reservation } from "./accountLimiter.ts";

/** What the limiter granted, before it becomes a Reservation. Times are monotonic milliseconds of this process. */
export interface Grant {
  readonly count: number;
  readonly bucket: string;
  /** Places of the window used, these included. */
  readonly used: number;
  /** Just before Redis was asked. */
  readonly askedAt: number;
  /** When Redis had answered; the first turn is `delay` after it. */
  readonly answeredAt: number;
  readonly delay: number;
  readonly spacing: number;
}

/** A turn that Redis gave out later: its delay from `answeredAt`. */
export type NextTurn = (signal: AbortSignal) => Promise<Pick<Grant, "askedAt" | "answeredAt" | "delay">>;

interface Slot {
  readonly from: number;
  readonly until: number;
}

/**
 * Hands out the turns of a grant. Turns lie one spacing apart, for all processes together, and a message begins at its
 * turn or a few milliseconds later. A turn that went by unused is lost, and its message gets a new one: were late
 * messages allowed to catch up, more than the rate would fall into one second.
 */
export function reservation(
  clock: Clock,
  grant: Grant,
  limits: { readonly lateMilliseconds: number; readonly reservationMilliseconds: number },
  more: { readonly nextTurn: NextTurn; readonly giveBack: (count: number) => Promise<void> },
): Reservation {
  const slots = Array.from({ length: grant.count }, (_, n) =>
    slotOf(grant, n * grant.spacing, limits.lateMilliseconds),
  );
  const takeSlot = async (signal: AbortSignal): Promise<Slot> => {
    for (let slot = slots.shift(); slot; slot = slots.shift()) if (clock.monotonic() <= slot.until) return slot;
    return slotOf(await more.nextTurn(signal), 0, limits.lateMilliseconds);
  };
  return {
    kind: "reserved",
    count: grant.count,
    bucket: grant.bucket,
    used: grant.used,
    valid: () => clock.monotonic() - grant.askedAt < limits.reservationMilliseconds,
    async turn(_n, signal) {
      for (;;) {
        signal.throwIfAborted();
        const slot = await takeSlot(signal);
        const wait = slot.from - clock.monotonic();
        if (wait > 0) await clock.sleep(wait, signal);
        if (clock.monotonic() <= slot.until) return;
      }
    },
    giveBack: more.giveBack,
  };
}

/** Redis answered somewhere between question and answer, so a slow answer takes away from how late a turn may be. */
function slotOf(
  { askedAt, answeredAt, delay }: Pick<Grant, "askedAt" | "answeredAt" | "delay">,
  after: number,
  late: number,
): Slot {
  const from = answeredAt + delay + after;
  return { from, until: from + Math.max(late - (answeredAt - askedAt), shortestLateMilliseconds) };
}

/** Timers wake up a millisecond or two late; less than this would never be met. */
const shortestLateMilliseconds = 5;
