import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { UserAct } from "@email-agent/shared/domain/lifecycle/auditActs.ts";
import { manyPeopleLines, personLines, userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { ulid } from "ulid";
import { z } from "zod";
import { type LiftManyBody, type LiftManyLine, mostSelected, type PeopleListName } from "../../api/peopleLists.ts";
import { longestReason } from "../../api/personChanges.ts";
import { failure } from "../http/failure.ts";
import { jsonLines } from "../http/jsonLines.ts";
import type { Manager } from "../manager.ts";
import type { FindPeoplePorts } from "./findPeople.ts";
import { maySeePerson } from "./peopleAccess.ts";
import { peopleChanged } from "./peopleIndexes.ts";
import { everyoneOnList, listFilter, listTest } from "./peopleOnList.ts";

const reason = z.string().trim().min(1, "Say why: it is kept in the history of each person").max(longestReason);

export const liftManyBody = z.union([
  z.object({ reason, ids: z.array(z.string().min(1).max(300)).min(1).max(mostSelected) }),
  z.object({ reason, filter: listFilter, most: z.int().min(1) }),
]) satisfies z.ZodType<LiftManyBody>;

type Ports = FindPeoplePorts & Pick<Manager, "audit" | "log">;
type PersonChange = Extract<UserAct, { what: "person changed" }>["data"]["change"];

const changes: Readonly<Record<PeopleListName, PersonChange>> = {
  unsubscribed: "resubscribed",
  suppressed: "suppression lifted",
};

/** People whose writes are under way at a time. */
const atOnce = 25;

/**
 * Lifts the unsubscription or suppression of many people: of a selection, or of everyone who fits a filter, but never of
 * more than the user confirmed. Each person is one conditional write of what was read a moment before, and one line of the audit
 * that carries the id of the whole; the whole is one line under `people`, also when it ends early. Whom it did not reach is still
 * on the list, so that it is begun again harmlessly. Lines of JSON say how far it is; a browser that goes away ends it.
 */
export async function liftMany(
  ports: Ports,
  user: User,
  list: PeopleListName,
  body: LiftManyBody,
  asked: AbortSignal,
): Promise<Response> {
  return jsonLines(asked, (signal) => linesOf(ports, user, list, body, signal));
}

async function* linesOf(
  ports: Ports,
  user: User,
  list: PeopleListName,
  body: LiftManyBody,
  signal: AbortSignal,
): AsyncGenerator<LiftManyLine> {
  const bulk = ulid(ports.clock.now());
  const of = "ids" in body ? body.ids.length : body.most;
  let [lifted, left] = [0, 0];
  try {
    for await (const people of chosen(ports, user, list, body, signal)) {
      for (let from = 0; from < people.length && lifted < of; from += atOnce) {
        signal.throwIfAborted();
        const some = people.slice(from, from + Math.min(atOnce, of - lifted));
        const done = await Promise.all(
          some.map((person) => lift(ports, user, list, person, { bulk, reason: body.reason })),
        );
        lifted += done.filter(Boolean).length;
        left += done.filter((isDone) => !isDone).length;
        await peopleChanged(
          ports,
          some.map(({ id }) => id),
        );
        yield { lifted, left, of, isOver: false };
      }
    }
    if ("ids" in body) left = of - lifted;
    yield { lifted, left, of, isOver: true };
  } catch (error) {
    if (signal.aborted) return;
    yield (await failure(ports.log, error).json()) as LiftManyLine;
  } finally {
    const now = ports.clock.now();
    const filter =
      "filter" in body
        ? Object.fromEntries(Object.entries(body.filter).filter(([, value]) => value !== ""))
        : undefined;
    const data = { bulk, change: changes[list], reason: body.reason, people: lifted, ...(filter && { filter }) };
    if (lifted > 0)
      await ports.audit.put(
        userLine({ workOrderId: manyPeopleLines, by: user.id, what: "people changed", data }, ulid(now), now),
      );
    ports.log.info({ list, lifted, left, by: user.id, bulk }, "a user lifted many unsubscriptions or suppressions");
  }
}

const recordsAtOnce = 100;

async function* chosen(
  ports: Ports,
  user: User,
  list: PeopleListName,
  body: LiftManyBody,
  signal: AbortSignal,
): AsyncGenerator<readonly Participant[]> {
  if ("filter" in body) return yield* everyoneOnList(ports, user, list, body.filter, signal);
  const isOnList = listTest(user, list, { q: "", code: "", domain: "", since: "" });
  const ids = [...new Set(body.ids)];
  for (let from = 0; from < ids.length; from += recordsAtOnce) {
    const seen: string[] = [];
    for (const id of ids.slice(from, from + recordsAtOnce))
      if (await maySeePerson(ports, user, undefined, id)) seen.push(id);
    const found = await ports.participants.getMany(seen);
    yield seen.flatMap((id) => found.get(id) ?? []).filter(isOnList);
  }
}

/** True if this call lifted it; false if the record has changed since it was read. */
async function lift(
  { participants, audit, clock }: Ports,
  user: User,
  list: PeopleListName,
  { id, unsubscribedAt, suppression }: Participant,
  { bulk, reason: why }: { readonly bulk: string; readonly reason: string },
): Promise<boolean> {
  const result =
    list === "unsubscribed"
      ? await participants.resubscribe(id, unsubscribedAt ?? undefined)
      : suppression
        ? await participants.liftSuppression(id, suppression)
        : "changed";
  if (result === "changed") return false;
  const now = clock.now();
  const data = { participantId: id, change: changes[list], reason: why, bulk };
  const line = { workOrderId: personLines(id), by: user.id, what: "person changed" as const, data };
  await audit.put(userLine(line, ulid(now), now));
  return true;
}
