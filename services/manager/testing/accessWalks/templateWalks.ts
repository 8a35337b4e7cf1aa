import { type Asked, bothEvents, searches, type Walks } from "./attack.ts";

const place = (eventCode: string) => ({ eventCode, subEvent: "part-1", stage: "reg", language: "EN" });
const templateNames = bothEvents.map((event) => ({ params: { name: `${event}-part-1-reg-EN` } }));
const html = "<html><body><p>||name|| *|EMAIL|*</p></body></html>";
const drafts = (): readonly Asked[] =>
  bothEvents.flatMap((event) =>
    [undefined, "fp-7", "fp-broken", "op-7"].map((participant) => ({
      body: { ...place(event), html, ...(participant && { participant }) },
    })),
  );

/** Templates and their images. */
export const templateWalks: Walks = {
  "api/templates": {
    GET: () => [{}],
    POST: ({ foreign }) =>
      bothEvents.map((eventCode) => ({
        body: { ...place(eventCode), from: { orderId: foreign.id, language: "EN" } },
      })),
  },
  "api/templates/upload": { POST: () => [{ body: "<p>x</p>" }] },
  "api/templates/preview": { POST: drafts },
  "api/templates/preview/html": { POST: drafts },
  "api/templates/participants": {
    GET: () =>
      bothEvents.flatMap((event) => [...searches, "own"].map((search) => ({ query: { ...place(event), search } }))),
  },
  "api/templates/[name]": {
    GET: () => templateNames,
    PUT: () => templateNames.map((asked) => ({ ...asked, body: { version: 1, html: "x" } })),
    DELETE: () => templateNames.map((asked) => ({ ...asked, body: { version: 1 } })),
  },
  "api/templates/[name]/restore": {
    POST: () => templateNames.map((asked) => ({ ...asked, body: { version: 1, from: 1 } })),
  },
  "api/templates/[name]/versions/[version]": {
    GET: () => templateNames.map(({ params }) => ({ params: { ...params, version: "1" } })),
  },
  "media/[file]": { GET: () => [{ params: { file: `${"a".repeat(64)}.png` } }] },
};
