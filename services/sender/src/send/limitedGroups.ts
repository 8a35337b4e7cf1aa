import type { LimitedGroup } from "@email-agent/shared/domain/delivery/waitingSchema.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { GroupState } from "../limits/receivers.ts";
import { handledPeople } from "./runCounters.ts";
import type { SendRun } from "./sendRun.ts";

/** More are not named in the order. */
const namedGroups = 5;

/** Receiving group → people who wait for it, in no chunk or in one that waits with them. */
export function waitingPeople({ retries, registry }: Pick<SendRun, "retries" | "registry">): Map<string, number> {
  const people = retries.limited();
  for (const { groups = {}, counts } of registry.issued.values()) {
    const handled = counts ? handledPeople(counts) / Math.max(1, counts.total) : 0;
    for (const [group, count] of Object.entries(groups)) {
      // A chunk does not say of which group those are that it has handled.
      const left = Math.round(count * (1 - handled));
      if (left > 0) people.set(group, (people.get(group) ?? 0) + left);
    }
  }
  return people;
}

/** The groups with the most people who wait, as the order shows them. */
export function limitedGroups(sendRun: Pick<SendRun, "retries" | "registry" | "groups">): LimitedGroup[] {
  const people = [...waitingPeople(sendRun)].sort(([, one], [, other]) => other - one).slice(0, namedGroups);
  return people.map(([group, count]) => limitedGroup(group, count, sendRun.groups.get(group)));
}

function limitedGroup(group: string, people: number, state: GroupState | undefined): LimitedGroup {
  const { perSecond, raisedAt } = state ?? {};
  return {
    ...{ group, people },
    ...(perSecond !== undefined && { perSecond }),
    ...(raisedAt !== undefined && { slowedUntil: instant(raisedAt) }),
  };
}
