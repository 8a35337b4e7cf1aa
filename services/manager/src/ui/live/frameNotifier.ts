/** Tells listeners that something changed. */
export interface FrameNotifier {
  subscribe(onChange: () => void): () => void;
  /** Before the next paint: a thousand messages a second become one call per frame. */
  soon(): void;
  /** At once: what the user did shows without waiting. */
  now(): void;
}

/** `frame` runs a function once, before the next paint. */
export function frameNotifier(frame: (run: () => void) => void): FrameNotifier {
  const listeners = new Set<() => void>();
  let isDue = false;

  function tell(): void {
    isDue = false;
    for (const listener of [...listeners]) listener();
  }
  return {
    subscribe(onChange) {
      listeners.add(onChange);
      return () => void listeners.delete(onChange);
    },
    soon() {
      if (isDue) return;
      isDue = true;
      frame(() => void (isDue && tell()));
    },
    now: tell,
  };
}
