import { hash } from "node:crypto";

/** A set of ids with membership tests only. */
export interface IdSet {
  add(id: string): void;
  has(id: string): boolean;
  readonly size: number;
}

/** A map from texts to numbers below 2³², with lookups only. */
export interface TextIndex {
  get(text: string): number | undefined;
  set(text: string, value: number): void;
}

const initialSlots = 1 << 10;
const loadLimit = 0.75;

/**
 * Holds the first 64 bits of each id's SHA-256 in one typed array (open addressing): a million ids cost 17 MB and no
 * garbage. Two ids are taken for one with a chance of 2⁻⁶⁴ per pair: asking for a million ids in a set of a million others
 * goes wrong once in eighteen million such mailings, and then leaves one person out, never mails one twice.
 */
export function idSet(): IdSet {
  const table = hashTable(2);
  return {
    add: (id) => void table.enter(...digest(id)),
    has: (id) => table.find(...digest(id)) !== undefined,
    get size() {
      return table.size;
    },
  };
}

/** As `idSet`, with a number for each text: a million cost 26 MB. */
export function textIndex(): TextIndex {
  const table = hashTable(3);
  return {
    get(text) {
      const at = table.find(...digest(text));
      return at === undefined ? undefined : table.slots[at + 2];
    },
    set(text, value) {
      const at = table.enter(...digest(text));
      table.slots[at + 2] = value;
    },
  };
}

/** Slots of `width` numbers of 32 bits: the two halves of the hash, then what the owner keeps with them. */
function hashTable(width: 2 | 3) {
  let slots = new Uint32Array(width * initialSlots);
  let size = 0;

  /** Index of the slot that holds the value, or of the free one where it belongs. The number of slots is a power of two. */
  const slotOf = (high: number, low: number): number => {
    const last = slots.length / width - 1;
    let at = width * (low & last);
    while ((slots[at] !== 0 || slots[at + 1] !== 0) && (slots[at] !== high || slots[at + 1] !== low))
      at = width * ((at / width + 1) & last);
    return at;
  };
  const isTaken = (at: number) => slots[at] !== 0 || slots[at + 1] !== 0;
  const grow = () => {
    const before = slots;
    slots = new Uint32Array(2 * before.length);
    for (let at = 0; at < before.length; at += width) {
      if (before[at] === 0 && before[at + 1] === 0) continue;
      const to = slotOf(before[at]!, before[at + 1]!);
      for (let n = 0; n < width; n += 1) slots[to + n] = before[at + n]!;
    }
  };

  return {
    get slots() {
      return slots;
    },
    get size() {
      return size;
    },
    find(high: number, low: number): number | undefined {
      const at = slotOf(high, low);
      return isTaken(at) ? at : undefined;
    },
    enter(high: number, low: number): number {
      if (size + 1 > (loadLimit * slots.length) / width) grow();
      const at = slotOf(high, low);
      if (isTaken(at)) return at;
      slots[at] = high;
      slots[at + 1] = low;
      size += 1;
      return at;
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

/** Ids in one growing buffer, found again by where they begin: a million strings of their own would cost twice as much. */
export function idStore() {
  let bytes = Buffer.allocUnsafe(1 << 16);
  let end = 0;
  return {
    add(id: string): number {
      const length = Buffer.byteLength(id);
      if (end + 2 + length > bytes.length) {
        const larger = Buffer.allocUnsafe(Math.max(2 * bytes.length, end + 2 + length));
        bytes.copy(larger, 0, 0, end);
        bytes = larger;
      }
      const at = end;
      bytes.writeUInt16LE(length, at);
      bytes.write(id, at + 2);
      end = at + 2 + length;
      return at;
    },
    at: (place: number): string => bytes.toString("utf8", place + 2, place + 2 + bytes.readUInt16LE(place)),
  };
}
