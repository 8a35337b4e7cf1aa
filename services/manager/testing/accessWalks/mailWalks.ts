import { ulid } from "ulid";
import { type Asked, type Attack, eachOrder, searches, type Walks } from "./attack.ts";

/** The current mailing of an order, and those of the other event. */
function ofMailings(id: string, { foreign, moved }: Attack): { id: string; mailing?: string }[] {
  return [{ id }, ...[foreign, moved].map(({ subEvent }) => ({ id, mailing: `F2026_${subEvent}_reg` }))];
}

/** The same requests to each mailing of each order. */
const eachMailing = (asked: (of: { readonly mailing?: string }) => readonly Omit<Asked, "params">[]) =>
  eachOrder((id, attack) =>
    ofMailings(id, attack).flatMap(({ id: _, ...of }) => asked(of).map((one) => ({ params: { id }, ...one }))),
  );

/** Mails of an order by their outcome: those in doubt, and why others failed. */
export const mailWalks: Walks = {
  "api/work-orders/[id]/doubts/resolve": {
    POST: eachMailing((mailing) => {
      const common = { received: true, reason: "spying", ...mailing };
      const claims = ["fp-7", "fp-8"].map((participantId) => ({
        ...{ language: "EN", participantId, claimId: `claim-${participantId}` },
      }));
      return [
        { body: { ...common, claims } },
        ...searches.map((q) => ({ body: { ...common, filter: { q }, most: 9 } })),
      ];
    }),
  },
  "api/work-orders/[id]/doubts/undo": { POST: eachOrder((id) => [{ params: { id }, body: { bulk: ulid() } }]) },
  "api/work-orders/[id]/doubts/resolutions": { GET: eachMailing((query) => [{ query }]) },
  "api/work-orders/[id]/selections": {
    POST: eachOrder((id) => [
      { params: { id }, body: { people: ["fp-0", "fp-3"].map((one) => ({ language: "EN", participantId: one })) } },
      ...searches.map((q) => ({ params: { id }, body: { filter: { q } } })),
    ]),
  },
  "api/work-orders/[id]/returned": { GET: eachMailing((query) => [{ query }]) },
  "api/work-orders/returned": { GET: eachOrder((id) => [{ query: { orders: id } }]) },
  "api/work-orders/[id]/causes": {
    GET: eachMailing((query) =>
      ["failed", "in-doubt"].flatMap((status) => ["", ...searches].map((q) => ({ query: { ...query, status, q } }))),
    ),
  },
};

const events = () => ["E2026", "F2026"].map((event) => ({ params: { event } }));

/** Reports of events. */
export const reportWalks: Walks = {
  "api/reports": { GET: () => [{}] },
  "api/reports/[event]": { GET: events },
  "api/reports/[event]/count": { POST: events },
  "api/reports/[event]/csv": { GET: events },
  "api/reports/[event]/people.csv": { GET: events },
};
