import { ulid } from "ulid";
import { type Attack, at, bothEvents, eachOrder, searches, type Walks } from "./attack.ts";

const lists = ["dry-run", "test", "send", "skipped", "left-out"];
const onlyId = eachOrder((id) => [{ params: { id } }]);
const patches = ({ foreign }: Attack) => [
  { testers: ["fp-7"] },
  { testers: ["fp-7", "quillfeather7@theirs.example"] },
  { eventCode: "F2026", subEvent: foreign.subEvent },
];

const listFilters = ({ foreign, moved, cursors }: Attack): Record<string, string>[] => [
  {},
  ...["sent", "failed", "in-doubt", "ok"].map((status) => ({ status })),
  ...searches.map((q) => ({ q })),
  ...cursors.map((cursor) => ({ cursor })),
  ...[foreign, moved].flatMap((other) =>
    ["F2026", "E2026"].map((event) => ({ mailing: `${event}_${other.subEvent}_reg` })),
  ),
  ...["invalid-record", "event-pool"].map((reason) => ({ reason })),
];
const listQueries = eachOrder((id, attack) =>
  lists.flatMap((list) =>
    listFilters(attack).map((filter) => ({ params: { id }, query: { list, language: "EN", ...filter } })),
  ),
);
const previews = eachOrder((id) =>
  [undefined, "fp-7", "fp-59", "fp-broken", "Quillfeather7", "op-7"].flatMap((participant) =>
    ["prepared", "draft"].map((source) => ({
      params: { id },
      query: { source, language: "EN", ...(participant && { participant }) },
    })),
  ),
);

/** Work orders: their form, steps, lists, previews and copies. */
export const orderWalks: Walks = {
  "api/work-orders": {
    GET: () => [{}],
    POST: (attack) => patches(attack).map((fields) => ({ body: { fields: { eventCode: "E2026", ...fields } } })),
  },
  "api/work-orders/check": {
    POST: (attack) =>
      patches(attack).flatMap((fields) => [
        ...[attack.own, attack.foreign, attack.moved].map(({ id }) => ({ body: { id, fields } })),
        { body: { fields } },
      ]),
  },
  "api/work-orders/[id]": {
    GET: onlyId,
    PATCH: eachOrder((id, attack) =>
      patches(attack).map((fields) => ({ params: { id }, body: { leaseToken: "x", fields, confirmReset: true } })),
    ),
    // The moved order never mailed anyone, so that it would be deleted.
    DELETE: ({ own, foreign }) => [own, foreign].map(({ id }) => ({ params: { id } })),
  },
  "api/work-orders/[id]/start-time": {
    POST: eachOrder((id) => [{ params: { id }, body: { local: "2026-12-01T18:00", zone: "Europe/Berlin" } }]),
  },
  "api/work-orders/[id]/edit-lease": {
    POST: eachOrder((id) => [{ params: { id }, body: { takeOver: true } }]),
    PUT: eachOrder((id) => [{ params: { id }, body: { token: "x" } }]),
    DELETE: eachOrder((id) => [{ params: { id }, body: { token: "x" } }]),
  },
  "api/work-orders/[id]/sending": { GET: onlyId },
  "api/work-orders/[id]/go-no-go": { GET: onlyId },
  "api/work-orders/[id]/history": {
    GET: eachOrder((id) => {
      const after = Buffer.from(JSON.stringify({ U: `U#${at}#0`, C: null, E: null })).toString("base64url");
      return [{ params: { id } }, { params: { id }, query: { after } }];
    }),
  },
  "api/work-orders/[id]/deliveries/[participantId]/resolve": {
    POST: eachOrder((id, { foreign, moved }) =>
      ["fp-7", "fp-8"].flatMap((participantId) =>
        [undefined, `F2026_${foreign.subEvent}_reg`, `F2026_${moved.subEvent}_reg`].map((mailing) => ({
          params: { id, participantId },
          body: { language: "EN", claimId: `claim-${participantId}`, received: true, ...(mailing && { mailing }) },
        })),
      ),
    ),
  },
  "api/work-orders/[id]/retry": { GET: onlyId },
  "api/work-orders/[id]/reconciliation": {
    GET: eachOrder((id, { moved }) => [
      { params: { id } },
      { params: { id }, query: { mailing: `F2026_${moved.subEvent}_reg` } },
    ]),
  },
  "api/work-orders/[id]/participants": {
    GET: eachOrder((id) => [...searches, "own", "op-7"].map((search) => ({ params: { id }, query: { search } }))),
  },
  "api/work-orders/[id]/recipients": { GET: listQueries },
  "api/work-orders/[id]/recipients.csv": { GET: listQueries },
  "api/work-orders/[id]/preview": { GET: previews },
  "api/work-orders/[id]/preview/html": { GET: previews },
  "api/work-orders/[id]/commands": {
    POST: eachOrder((id) => [{ params: { id }, body: { commandId: ulid(), step: "Test", action: "stop" } }]),
  },
  "api/work-orders/[id]/archive": { POST: onlyId, DELETE: onlyId },
  "api/event-copies": {
    POST: () =>
      bothEvents.map((from) => ({
        body: { from, to: from === "E2026" ? "F2026" : "E2026", parts: { "part-0": "part-0" }, isPreview: true },
      })),
  },
  "api/testers": {
    POST: () => [
      { body: { eventCode: "F2026", email: "x@y.example" } },
      { body: { eventCode: "E2026", email: "x@y.example" } },
    ],
  },
};
