import { type Asked, changeOf, eachOrder, foreignIds, searches, type Walk, type Walks } from "./attack.ts";

const knownIds = ["fp-7", "fp-broken", "op-7", "no-7"];
const personIds = () => foreignIds.map((id) => ({ params: { id } }));
const personChanges = () => foreignIds.map((id) => ({ params: { id }, body: changeOf(id) }));
const listsOfPeople: Walk = ({ cursors }) =>
  ["unsubscribed", "suppressed"].flatMap((list) =>
    [{}, { q: "quillfeather" }, { domain: "theirs.example" }, { cursor: cursors[0] ?? "" }].map((query) => ({
      params: { list },
      query: query as Record<string, string>,
    })),
  );
const orderPeople = eachOrder((id) =>
  foreignIds.map((participantId) => ({ params: { id, participantId }, body: changeOf(participantId) })),
);

/** People: search, page, changes, and the lists of those who get no mail. */
export const peopleWalks: Walks = {
  "api/people": {
    GET: ({ cursors }) => [
      {},
      ...[...searches, "own", "op-7"].map((q) => ({ query: { q } })),
      { query: { cursor: cursors[0] ?? "" } },
    ],
  },
  "api/people/export.csv": { GET: () => [{}] },
  "api/people/[id]": { GET: () => knownIds.map((id) => ({ params: { id } })) },
  "api/people/[id]/mailings": {
    GET: ({ foreign }) =>
      knownIds.flatMap((id): Asked[] => [
        { params: { id } },
        { params: { id }, query: { only: "mailed" } },
        { params: { id }, query: { after: foreign.id } },
      ]),
  },
  "api/people/[id]/pools": {
    GET: () =>
      knownIds.flatMap((id) =>
        ["E2026", "F2026", "G2026"].map((event) => ({ params: { id }, query: { event, subEvent: "part-1" } })),
      ),
  },
  "api/people/[id]/changes": { GET: personIds },
  "api/people/[id]/export": { GET: personIds },
  "api/people/[id]/address": { POST: personChanges },
  "api/people/[id]/unsubscribe": { POST: personChanges },
  "api/people/[id]/resubscribe": { POST: personChanges },
  "api/people/[id]/lift-suppression": { POST: personChanges },
  "api/people/[id]/forget": { POST: personChanges },
  "api/work-orders/[id]/people/[participantId]/changes": {
    GET: (attack) => orderPeople(attack).map(({ params }) => ({ params })),
  },
  "api/work-orders/[id]/people/[participantId]/resubscribe": { POST: orderPeople },
  "api/work-orders/[id]/people/[participantId]/lift-suppression": { POST: orderPeople },
  "api/people-lists/[list]": { GET: listsOfPeople },
  "api/people-lists/[list]/count": { GET: listsOfPeople },
  "api/people-lists/[list]/csv": { GET: listsOfPeople },
  "api/people-lists/[list]/lift": {
    POST: () =>
      ["unsubscribed", "suppressed"].flatMap((list) => [
        { params: { list }, body: { reason: "spying", ids: foreignIds } },
        { params: { list }, body: { reason: "spying", filter: { domain: "theirs.example" }, most: 9 } },
      ]),
  },
};
