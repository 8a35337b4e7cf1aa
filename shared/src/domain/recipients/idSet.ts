import { hash } from "node:crypto";

/** A set of ids that can be asked but not listed. */
export interface IdSet {
  add(id: string): void;
  has(id: string): boolean;
  readonly size: number;
}

const initialSlots = 1 << 10;
const loadLimit = 0.75;

/**
 * Holds the first 64 bits of each id's SHA-256 in one typed array (open addressing): a million ids cost 17 MB and no
 * garbage. Two ids are taken for one with a chance of 2⁻⁶⁴ per pair: asking for a million ids in a set of a million others
 * goes wrong once in eighteen million such mailings, and then leaves one person out, never mails one twice.
 */
export function idSet(): IdSet {
  let slots = new Uint32Array(2 * initialSlots);
  let size = 0;

  const add = (high: number, low: number) => {
    const at = slotOf(slots, high, low);
    if (slots[at] !== 0 || slots[at + 1] !== 0) return;
    slots[at] = high;
    slots[at + 1] = low;
    size += 1;
  };
  const grow = () => {
    const before = slots;
    slots = new Uint32Array(2 * before.length);
    size = 0;
    for (let at = 0; at < before.length; at += 2) {
      if (before[at] !== 0 || before[at + 1] !== 0) add(before[at]!, before[at + 1]!);
    }
  };

  return {
    add: (id) => {
      if (size + 1 > (loadLimit * slots.length) / 2) grow();
      add(...digest(id));
    },
    has: (id) => {
      const at = slotOf(slots, ...digest(id));
      return slots[at] !== 0 || slots[at + 1] !== 0;
    },
    get size() {
      return size;
    },
  };
}

/** Two 32-bit halves, never both zero: that marks a free slot. */
function digest(id: string): [number, number] {
  // One character a byte: five times faster than a Buffer, of which a million would have to be cleared away.
  const bytes = hash("sha256", id, "binary");
  const high = half(bytes, 0);
  const low = half(bytes, 4);
  return high === 0 && low === 0 ? [0, 1] : [high, low];
}

function half(bytes: string, from: number): number {
  const top = (bytes.charCodeAt(from) << 24) | (bytes.charCodeAt(from + 1) << 16);
  return (top | (bytes.charCodeAt(from + 2) << 8) | bytes.charCodeAt(from + 3)) >>> 0;
}

/** Index of the slot that holds the value, or of the free one where it belongs. The number of slots is a power of two. */
function slotOf(slots: Uint32Array, high: number, low: number): number {
  const last = slots.length / 2 - 1;
  let slot = low & last;
  while (
    (slots[2 * slot] !== 0 || slots[2 * slot + 1] !== 0) &&
    (slots[2 * slot] !== high || slots[2 * slot + 1] !== low)
  ) {
    slot = (slot + 1) & last;
  }
  return 2 * slot;
}
