import type { LimitedGroup } from "@email-agent/shared/domain/delivery/waitingSchema.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { GroupState } from "../limits/receivers.ts";
import type { SendRun } from "./sendRun.ts";

/** More are not named in the order. */
const namedGroups = 5;

/** Receiving group → people who wait for it, in no chunk or in one that waits with them. */
export function waitingPeople({ retries, registry }: Pick<SendRun, "retries" | "registry">): Map<string, number> {
  const people = retries.limited();
  for (const { groups = {} } of registry.issued.values())
    for (const [group, count] of Object.entries(groups)) people.set(group, (people.get(group) ?? 0) + count);
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
