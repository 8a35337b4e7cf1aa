import type { Searchable } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Manager } from "../manager.ts";
import { peopleById } from "../testers/peopleById.ts";
import {
  isOnList,
  type PeopleAccessPorts,
  type PeopleLists,
  type PeopleUser,
  peopleLists,
  testerIds,
} from "./peopleAccess.ts";

/** What is searched for. */
export interface PeopleSearch {
  /** Finds the participant with this id. */
  readonly id: string;
  readonly matches: (person: Searchable) => boolean;
  /** Ends the search: it throws `signal.reason`. */
  readonly signal: AbortSignal;
}

type Ports = PeopleAccessPorts & Pick<Manager, "participants">;

/** People looked at per shard of a list at a time. */
const perShard = 250;
/** Records read at a time of those who match. */
const recordsAtOnce = 20;

/** Every participant in the table who matches, page by page; for users who may see everyone. */
export async function* everyoneFound(
  { participants }: Pick<Manager, "participants">,
  { id, matches, signal }: PeopleSearch,
): AsyncGenerator<readonly Participant[]> {
  const byId = await participants.get(id);
  if (byId) yield [byId];
  for await (const page of participants.pages({ signal })) yield page.filter((one) => matches(searchable(one)));
}

/**
 * The testers, and the people on the lists of the user's orders, who match: first those of `order`. Nothing about others is
 * read, so that not even the time it takes reveals anything about them.
 */
export async function* foundOnLists(
  ports: Ports,
  user: PeopleUser,
  order: WorkOrder,
  search: PeopleSearch,
): AsyncGenerator<readonly Participant[]> {
  const testers = await peopleById(ports, await testerIds(ports, order));
  yield [...testers.values()].filter((one) => search.matches(searchable(one)));
  for await (const lists of peopleLists(ports, user, order)) {
    search.signal.throwIfAborted();
    if (await isOnList(ports, lists, search.id)) yield await recordsOf(ports, [search.id]);
    for await (const ids of idsOnLists(ports, lists, search)) yield await recordsOf(ports, ids);
  }
}

/** Ids of everyone on these lists who matches, some of them more than once. */
export async function* idsOnLists(
  { deliveries, dryRunRecipients }: Pick<Ports, "deliveries" | "dryRunRecipients">,
  { partitions, dryRuns }: Omit<PeopleLists, "testers">,
  { matches, signal }: Omit<PeopleSearch, "id">,
): AsyncGenerator<readonly string[]> {
  const read = { perShard, signal };
  const lists = [
    ...partitions.map((partition) => deliveries.peopleInOrder(partition, read)),
    ...dryRuns.map(({ runId, language }) => dryRunRecipients.inOrder(runId, language, read)),
  ];
  for (const list of lists) {
    for await (const { items } of list) {
      const ids = items.filter(matches).map(({ participantId }) => participantId);
      for (let from = 0; from < ids.length; from += recordsAtOnce) yield ids.slice(from, from + recordsAtOnce);
    }
  }
}

/** The records as they are now; one that is gone is left out. */
async function recordsOf({ participants }: Ports, ids: readonly string[]): Promise<readonly Participant[]> {
  return [...(await participants.getMany(ids)).values()];
}

function searchable(participant: Participant): Searchable {
  return { participantId: participant.id, name: personName(participant), email: participant.email ?? "" };
}
