import type { GroupWait } from "../limits/groupGrants.ts";
import type { Letter } from "./claimBatch.ts";
import type { Session } from "./deliverySession.ts";

/** Their next attempt is due when their group has room: the coordinator of the run brings them together in chunks of their own. */
export function leaveToOthers({ aside, record }: Session): void {
  for (const { candidate, group, until } of aside.takeAll())
    record(candidate.id, { kind: "limited", at: until, group });
}

/** Puts aside who cannot go now. Of a group that was given up its people are left out. */
export function putAside(
  { aside, record }: Session,
  letters: readonly { readonly letter: Letter; readonly group: string }[],
  limited: ReadonlyMap<string, GroupWait>,
): void {
  aside.learn(limited);
  for (const { letter, group } of letters) {
    const { candidate } = letter;
    if (limited.get(group)?.isGivenUp) record(candidate.id, { kind: "skipped", reason: "receiver-refuses" });
    else aside.add(group, candidate);
  }
}
