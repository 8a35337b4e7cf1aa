import { limitedGroups, waitingPeople } from "./limitedGroups.ts";
import { sendProgress } from "./sendProgress.ts";
import type { SendRun } from "./sendRun.ts";

/** How old what is known of receiving groups may be. */
const freshMilliseconds = 1000;
/** More are not read at a time; those with the most people count. */
const mostGroups = 50;

/** Reads how the receiving groups are limited for which people wait, and reports it where it changed. */
export async function noteGroups(sendRun: SendRun): Promise<void> {
  const { ports, groups, content, run } = sendRun;
  const now = ports.clock.monotonic();
  const people = waitingPeople(sendRun);
  if (people.size === 0 && groups.size === 0) return;
  if (now - sendRun.groupsReadAt < freshMilliseconds) return;
  sendRun.groupsReadAt = now;
  const names = [...people].sort(([, one], [, other]) => other - one).slice(0, mostGroups);
  const before = JSON.stringify(limitedGroups(sendRun));
  const states = await ports.limiter.groupStates(
    content.account,
    names.map(([group]) => group),
  );
  groups.clear();
  for (const state of states) groups.set(state.group, state);
  if (JSON.stringify(limitedGroups(sendRun)) !== before) run.report(sendProgress(sendRun));
}
