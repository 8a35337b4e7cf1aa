import type { EventRecord } from "./event.ts";
import type { Participant } from "./participant.ts";

/** Pools whose reachable attributes were all checked; made by `checkPools`, which throws on a configuration error. */
export interface CheckedPools {
  /** True if the pool accepts the participant. The name is one of those checked. */
  accepts(poolName: string, participant: Participant, event: EventRecord, subEvent: string): boolean;
}
