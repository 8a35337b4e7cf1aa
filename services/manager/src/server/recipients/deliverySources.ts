import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { AttentionStatus } from "@email-agent/shared/adapters/deliveryLists.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { fromDelivery } from "./recipient.ts";
import {
  filteredPerShard,
  type ListRead,
  type ListStep,
  listStep,
  orderedRead,
  perShard,
  type RecipientSource,
} from "./recipientSource.ts";

/** Deliveries by participant id; with `status` only those. */
export function ledgerSource(
  deliveries: Pick<Deliveries, "inOrder" | "peopleInOrder" | "getMany">,
  partition: string,
  options: { readonly status?: "sent" | "sending" | "deferred"; readonly mayResolve: boolean },
): RecipientSource {
  const { status, mayResolve } = options;
  const isRare = status === "sending" || status === "deferred";
  return (read) => (read.accepts || isRare ? searched(read) : whole(read));

  async function* whole(read: ListRead): AsyncIterable<ListStep> {
    for await (const { items, readTo } of deliveries.inOrder(partition, orderedRead(read, perShard(read.atOnce)))) {
      const found = items.flatMap((delivery, index) =>
        status === undefined || delivery.status === status ? [foundAt(delivery, index + 1)] : [],
      );
      yield listStep(found, items.length, readTo);
    }
  }

  /** Where few are wanted of many: names and statuses first, then those who fit as a whole. */
  async function* searched(read: ListRead): AsyncIterable<ListStep> {
    const { accepts = () => true } = read;
    const people = deliveries.peopleInOrder(partition, orderedRead(read, filteredPerShard));
    for await (const { items, readTo } of people) {
      const fitting = items.flatMap((person, index) =>
        (status === undefined || person.status === status) && accepts(person)
          ? [{ id: person.participantId, position: index + 1 }]
          : [],
      );
      const now = await deliveries.getMany(
        partition,
        fitting.map(({ id }) => id),
      );
      const found = fitting.flatMap(({ id, position }) => {
        const delivery = now.get(id);
        const fits = delivery && (status === undefined || delivery.status === status);
        return fits ? [foundAt(delivery, position)] : [];
      });
      yield listStep(found, items.length, readTo);
    }
  }

  function foundAt(delivery: Delivery, position: number) {
    return { recipient: fromDelivery(delivery, mayResolve), place: [delivery.participantId], position };
  }
}

/** Failed or in-doubt deliveries, newest first. */
export function attentionSource(
  deliveries: Pick<Deliveries, "needingAttention">,
  partition: string,
  options: { readonly status: AttentionStatus; readonly mayResolve: boolean },
): RecipientSource {
  const { status, mayResolve } = options;
  return async function* ({ after, atOnce, accepts, signal }) {
    const [endedAt, participantId] = after ?? [];
    const from = endedAt !== undefined && participantId !== undefined ? { endedAt, participantId } : undefined;
    const limit = accepts ? filteredPerShard : atOnce;
    const pages = deliveries.needingAttention(partition, status, { limit, signal, ...(from && { after: from }) });
    for await (const { items, readTo } of pages) {
      const found = items.flatMap(({ delivery, place }, index) =>
        !accepts || accepts(delivery)
          ? [
              {
                recipient: fromDelivery(delivery, mayResolve),
                place: [place.endedAt, place.participantId],
                position: index + 1,
              },
            ]
          : [],
      );
      const looked = items.length;
      yield { found, looked, ...(readTo && { readTo: [readTo.endedAt, readTo.participantId] }) };
    }
  };
}
