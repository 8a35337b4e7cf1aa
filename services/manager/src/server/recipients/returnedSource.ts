import type { Bounces, ReturnedMail } from "@email-agent/shared/adapters/bounces.ts";
import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { ReturnedStatus } from "../../api/recipients.ts";
import { fromDelivery } from "./recipient.ts";
import { type ListStep, listStep, type RecipientSource } from "./recipientSource.ts";

interface ReturnedPorts {
  readonly bounces: Pick<Bounces, "people">;
  readonly deliveries: Pick<Deliveries, "getMany">;
}

const deliveriesAtOnce = 100;

/** Mails of a mailing that came back, by participant id. Reads the list of returned mails, and only their deliveries. */
export function returnedSource(ports: ReturnedPorts, partition: string, status: ReturnedStatus): RecipientSource {
  return async function* ({ after, accepts, signal }) {
    for await (const { people, isLast } of batches(ports.bounces, partition, after?.[0])) {
      signal.throwIfAborted();
      const fitting = people.flatMap((person, index) =>
        hasReturned(person, status) ? [{ id: person.participantId, position: index + 1 }] : [],
      );
      const now = await ports.deliveries.getMany(
        partition,
        fitting.map(({ id }) => id),
      );
      const found = fitting.flatMap(({ id, position }) => {
        const delivery = now.get(id);
        if (!delivery || (accepts && !accepts(delivery))) return [];
        return [{ recipient: fromDelivery(delivery, false), place: [id], position }];
      });
      const readTo = isLast ? undefined : people.at(-1)?.participantId;
      yield listStep(found, people.length, readTo) satisfies ListStep;
    }
  };
}

function hasReturned({ bounced, complainedAt }: ReturnedMail, status: ReturnedStatus): boolean {
  return status === "complained" ? complainedAt !== undefined : status === `bounced-${bounced?.kind}`;
}

/** In batches whose deliveries are read together. One is held back, so that the last is known as such. */
async function* batches(
  bounces: Pick<Bounces, "people">,
  partition: string,
  after: string | undefined,
): AsyncGenerator<{ people: readonly ReturnedMail[]; isLast: boolean }> {
  let held: readonly ReturnedMail[] = [];
  for await (const page of bounces.people(partition, after))
    for (let start = 0; start < page.length; start += deliveriesAtOnce) {
      if (held.length > 0) yield { people: held, isLast: false };
      held = page.slice(start, start + deliveriesAtOnce);
    }
  yield { people: held, isLast: true };
}
