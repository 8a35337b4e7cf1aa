import { bothEvents, searches, type Walks } from "./attack.ts";

const settingKinds = ["tester", "user", "event"];
const accountNames = ["office", "fp-7"];
const askedPool = (event: string) => ({
  pool: { name: "all", attributes: [{ type: "true" }] },
  ...{ event, subEvent: "part-0" },
});
const reportId = "2026-03-01T08:00:00.000Z#0123456789abcdef0123456789abcdef";
const text = "*|FNAME|* *|EMAIL|*";
const askedPrompt = { prompt: { event: "default", key: "salutation", language: "EN", text }, language: "EN" };

/** Settings, and what is read before the first mailing. */
export const settingsWalks: Walks = {
  "api/notices": { GET: () => [{}], PUT: () => [{ body: { byMail: false } }] },
  "api/options": { GET: () => [{}] },
  "api/first-steps": { GET: () => [{}], POST: () => [{}] },
  "api/configuration": {
    GET: () => [{}],
    POST: () => [{ body: { text: "emailAgentConfiguration: 1", remove: true } }],
    PUT: () => [{ body: { text: "emailAgentConfiguration: 1", remove: true, fingerprint: "x" } }],
  },
  "api/settings/[kind]": {
    GET: () => settingKinds.flatMap((kind) => [{ params: { kind } }, { params: { kind }, query: { form: "" } }]),
    POST: () => settingKinds.map((kind) => ({ params: { kind }, body: { values: { id: "fp-7" }, version: null } })),
  },
  "api/settings/[kind]/[key]": {
    GET: () => settingKinds.flatMap((kind) => ["fp-7", "admin"].map((key) => ({ params: { kind, key } }))),
    PUT: () => settingKinds.map((kind) => ({ params: { kind, key: "fp-7" }, body: { values: {}, version: 0 } })),
    DELETE: () => settingKinds.map((kind) => ({ params: { kind, key: "fp-7" }, query: { version: "0" } })),
  },
  "api/settings/accounts/[name]/state": { GET: () => accountNames.map((name) => ({ params: { name } })) },
  "api/settings/accounts/[name]/requests": {
    POST: () => accountNames.map((name) => ({ params: { name }, body: { kind: "trial", to: "x@ours.example" } })),
  },
  "api/settings/accounts/[name]/requests/[id]": {
    GET: () => accountNames.map((name) => ({ params: { name, id: "01ARZ3NDEKTSV4RRFFQ69G5FAV" } })),
  },
  "api/settings/accounts/[name]/resume": {
    POST: () => accountNames.map((name) => ({ params: { name }, body: { reason: "a test" } })),
  },
  "api/settings/accounts/[name]/pause": {
    PUT: () => accountNames.map((name) => ({ params: { name }, body: { reason: "a test" } })),
    DELETE: () => accountNames.map((name) => ({ params: { name } })),
  },
  "api/settings/accounts/[name]/dkim": {
    POST: () => accountNames.map((name) => ({ params: { name }, body: { domain: "ours.example", selector: "s" } })),
    PUT: () => accountNames.map((name) => ({ params: { name }, body: { force: true } })),
    DELETE: () => accountNames.map((name) => ({ params: { name } })),
  },
  "api/returned-reports": { GET: () => [{}] },
  "api/returned-reports/[id]": { DELETE: () => [{ params: { id: reportId } }] },
  "api/returned-reports/[id]/raw": { GET: () => [{ params: { id: reportId } }] },
  "api/settings/general": { GET: () => [{}], PUT: () => [{ body: { values: {}, settings: {} } }] },
  "api/settings/check/[kind]": {
    POST: () => settingKinds.map((kind) => ({ params: { kind }, body: { values: { id: "fp-7" }, isNew: true } })),
  },
  "api/settings/pool-effect": { POST: () => bothEvents.map((event) => ({ body: askedPool(event) })) },
  "api/settings/pool-person": {
    POST: () => bothEvents.map((event) => ({ body: { ...askedPool(event), person: "fp-7" } })),
  },
  "api/settings/people": { GET: () => [...searches, "own"].map((search) => ({ query: { search } })) },
  "api/settings/prompt-preview": {
    POST: () => [{ body: { ...askedPrompt, event: "F2026", subEvent: "part-0", participant: "fp-7" } }],
  },
};
