import type { Words } from "../../api/sending.ts";
import type { GoNoGoFacts } from "./goNoGoFacts.ts";

/** Changes of the parent order: a child keeps what it took over until it is saved or prepared again. */
export function* parentWarnings({ order, parent }: GoNoGoFacts): Generator<Words> {
  if (order.parentOrderId === undefined) return;
  if (!parent) {
    yield [
      "The parent order is gone: it was deleted, or moved to another event, sub-event or stage. Open Edit and save to choose another.",
    ];
    return;
  }
  const content = order.languages.filter((code) => {
    const published = parent.prepared[code]?.hash;
    return published !== undefined && published !== order.prepared[code]?.hash;
  });
  if (content.length > 0)
    yield [`The parent order (${parent.stage}) has other content now (${content.join(", ")}). Run Prepare again.`];
  const subjects = order.languages.filter((code) => parent.subjects[code] !== order.subjects[code]);
  if (subjects.length > 0)
    yield [
      `The parent order (${parent.stage}) has another subject now (${subjects.join(", ")}). Open Edit and save to take it over.`,
    ];
}
