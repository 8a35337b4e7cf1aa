import type { LivePorts } from "./livePorts.ts";

/** Notifies listeners of changes, throttled to ten times a second. */
export interface FrameNotifier {
  subscribe(onChange: () => void): () => void;
  /** Before the next paint, at most ten times a second: a thousand messages cause ten renderings. */
  soon(): void;
  /** At once, for what the user did. */
  now(): void;
}

const pauseMilliseconds = 100;

export function frameNotifier({ clock, frame }: Pick<LivePorts, "clock" | "frame">): FrameNotifier {
  const listeners = new Set<() => void>();
  let isDue = false;
  let notifiedAt = Number.NEGATIVE_INFINITY;

  function notify(): void {
    isDue = false;
    notifiedAt = clock.now();
    for (const listener of [...listeners]) listener();
  }
  const inFrame = () => frame(() => void (isDue && notify()));

  return {
    subscribe(onChange) {
      listeners.add(onChange);
      return () => void listeners.delete(onChange);
    },
    soon() {
      if (isDue) return;
      isDue = true;
      const wait = notifiedAt + pauseMilliseconds - clock.now();
      // A clock that was set back must not keep the page waiting.
      if (wait > 0 && wait <= pauseMilliseconds) void clock.sleep(wait).then(inFrame);
      else inFrame();
    },
    now: notify,
  };
}
