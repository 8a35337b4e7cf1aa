import type { ScriptResult } from "./redisScript.ts";

/** The place of one message in its limited receiving group. */
export interface GroupPlace {
  readonly group: string;
  /** When its slot of the group comes, as promised (monotonic milliseconds of this process). */
  readonly dueAt: number;
}

/** When more messages of a limited receiving group may go. */
export interface GroupWait {
  /** Epoch ms. */
  readonly until: number;
  /** How many may be reserved at a time then. */
  readonly atOnce: number;
  /** The group has accepted no message for two hours: this run leaves its people out. */
  readonly isGivenUp: boolean;
}

interface Granted {
  readonly picks: number[];
  readonly places: (GroupPlace | undefined)[];
  readonly limited: Map<string, GroupWait>;
}

/** Values before those of groups in the result of the script: word, count, bucket, epoch, used. */
const head = 5;
const valuesOfGroup = 4;
/** Two processes that wait for one group do not come at the same moment again and again, so both get their turn. */
const jitterMilliseconds = 200;

/** What the reservation script says of groups. `wanted`: the group of each wanted message; empty: groups were not asked for. */
export function groupsGranted(
  result: ScriptResult,
  groups: readonly string[],
  wanted: readonly string[],
  at: { readonly askedAt: number; readonly now: number; readonly patienceMilliseconds: number },
): Granted {
  const limited = new Map<string, GroupWait>();
  if (result[0] !== "reserved" && result[0] !== "limited") return { picks: [], places: [], limited };
  const count = Number(result[1]);
  if (wanted.length === 0) return { picks: Array.from({ length: count }, (_, n) => n), places: [], limited };
  const next = new Map<string, { at: number; readonly gap: number }>();
  for (const [n, group] of groups.entries()) {
    const [, due = 0, gap = 0, wait = 0] = result.slice(head + n * valuesOfGroup).map(Number);
    if (gap > 0) next.set(group, { at: at.askedAt + due, gap });
    if (wait === 0) continue;
    limited.set(group, {
      until: Math.ceil(at.now + Math.max(0, wait) + Math.random() * jitterMilliseconds),
      atOnce: gap > 0 ? 1 + Math.floor(at.patienceMilliseconds / gap) : 1,
      isGivenUp: wait < 0,
    });
  }
  const marks = String(result[head + groups.length * valuesOfGroup] ?? "");
  const picks = wanted.flatMap((_, n) => (marks[n] === "1" ? [n] : []));
  const places = picks.map((n): GroupPlace | undefined => {
    const group = wanted[n] as string;
    const slot = next.get(group);
    if (!slot) return undefined;
    const dueAt = slot.at;
    slot.at += slot.gap;
    return { group, dueAt };
  });
  return { picks, places, limited };
}
