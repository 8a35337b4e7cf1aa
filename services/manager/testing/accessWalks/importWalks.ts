import { importLists } from "../../src/api/imports.ts";
import type { Walk, Walks } from "./attack.ts";

const queries: Walk = ({ importId }) => importLists.map((list) => ({ params: { id: importId }, query: { list } }));

/** Imports of people. */
export const importWalks: Walks = {
  "api/people/imports": { GET: () => [{}], POST: () => [{ body: { fileName: "people.csv", bytes: 10 } }] },
  "api/people/imports/[id]": {
    GET: ({ importId }) => [{ params: { id: importId } }],
    POST: ({ importId }) =>
      ["apply", "undo", "continue", "stop"].map((act) => ({ params: { id: importId }, body: { act } })),
  },
  "api/people/imports/[id]/parts/[number]": {
    PUT: ({ importId }) => [{ params: { id: importId, number: "0" }, body: {} }],
  },
  "api/people/imports/[id]/reading": { POST: ({ importId }) => [{ params: { id: importId }, body: {} }] },
  "api/people/imports/[id]/rows": { GET: queries },
  "api/people/imports/[id]/rows.csv": { GET: queries },
};
