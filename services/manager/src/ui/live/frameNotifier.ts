import type { LivePorts } from "./livePorts.ts";

/** Tells listeners that something changed. */
export interface FrameNotifier {
  subscribe(onChange: () => void): () => void;
  /** Before the next paint, but not more often than ten times a second: a thousand messages cost ten renderings. */
  soon(): void;
  /** At once: what the user did shows without waiting. */
  now(): void;
}

const pauseMilliseconds = 100;

export function frameNotifier({ clock, frame }: Pick<LivePorts, "clock" | "frame">): FrameNotifier {
  const listeners = new Set<() => void>();
  let isDue = false;
  let toldAt = Number.NEGATIVE_INFINITY;

  function tell(): void {
    isDue = false;
    toldAt = clock.now();
    for (const listener of [...listeners]) listener();
  }
  const inFrame = () => frame(() => void (isDue && tell()));

  return {
    subscribe(onChange) {
      listeners.add(onChange);
      return () => void listeners.delete(onChange);
    },
    soon() {
      if (isDue) return;
      isDue = true;
      const wait = toldAt + pauseMilliseconds - clock.now();
      // A clock that was set back must not keep the page waiting.
      if (wait > 0 && wait <= pauseMilliseconds) void clock.sleep(wait).then(inFrame);
      else inFrame();
    },
    now: tell,
  };
}
