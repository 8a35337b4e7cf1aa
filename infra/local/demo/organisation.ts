import type { accountSchema } from "@email-agent/shared/domain/account.ts";
import type { languageSchema, poolSchema, promptSchema, stageSchema } from "@email-agent/shared/domain/configItems.ts";
import type { eventSchema } from "@email-agent/shared/domain/event.ts";
import type { settingsSchema } from "@email-agent/shared/domain/settings.ts";
import type { z } from "zod";

/** The demo organisation: two events, three stages, pools that include and exclude, two accounts. */

export const languages: z.input<typeof languageSchema>[] = [
  { code: "EN", name: "English", tag: "en", everyone: true, order: 1 },
  { code: "DE", name: "German", tag: "de", order: 2 },
  { code: "SP", name: "Spanish", tag: "es", order: 3 },
  { code: "FR", name: "French", tag: "fr", order: 4 },
  { code: "IT", name: "Italian", tag: "it", order: 5 },
  { code: "NL", name: "Dutch", tag: "nl", order: 6 },
  { code: "PT", name: "Portuguese", tag: "pt", order: 7 },
  { code: "CZ", name: "Czech", tag: "cs", order: 8 },
  { code: "RU", name: "Russian", tag: "ru", order: 9 },
  { code: "CN", name: "Chinese", tag: "zh", order: 10 },
];

export const events: z.input<typeof eventSchema>[] = [
  {
    aid: "SUMMER26",
    name: "Summer Gathering 2026 (online)",
    subEvents: { main: { regLinkAvailable: true }, evening: { regLinkAvailable: true } },
    config: { pool: "summer-audience", inPerson: false, currency: "EUR" },
  },
  {
    aid: "RETREAT26",
    name: "Autumn Retreat 2026 (in person)",
    subEvents: { week1: { regLinkAvailable: true }, week2: { regLinkAvailable: true } },
    config: {
      pool: "retreat-audience",
      inPerson: true,
      currency: "EUR",
      offeringPresentation: "installments",
      whichRetreatsConfig: {
        "A-week1": { prompt: "retreat-week1", offeringTotal: 450, offeringCashTotal: 0, offeringMinimum: 100 },
        "B-week2": { prompt: "retreat-week2", offeringTotal: 520, offeringCashTotal: 20, offeringMinimum: 120 },
      },
    },
  },
];

/** For mail that really leaves, seeded only with an account and people of the operator's own (see seedRealMail.ts). */
export const realMailEvent = {
  aid: "REALMAIL",
  name: "Real mail, to those named in REAL_MAIL_TO",
  subEvents: { main: { regLinkAvailable: true } },
  config: { pool: "real-recipients", inPerson: false, currency: "EUR" },
} satisfies z.input<typeof eventSchema>;
export const realMailPool = {
  name: "real-recipients",
  attributes: [{ type: "currenteventmanualinclude" }],
} satisfies z.input<typeof poolSchema>;

export const stages: z.input<typeof stageSchema>[] = [
  {
    name: "reg",
    description: "Registration opens",
    order: 1,
    pools: ["not-yet-registered", "no-test-people"],
    prefix: { EN: "Registration: ", DE: "Anmeldung: ", SP: "Inscripción: " },
    requireRegLink: true,
  },
  {
    name: "reminder",
    description: "Reminder for those who have not registered",
    order: 2,
    parentStages: ["reg"],
    pools: ["not-yet-registered", "no-test-people"],
    prefix: { EN: "Reminder: ", DE: "Erinnerung: ", SP: "Recordatorio: " },
    requireRegLink: true,
  },
  {
    name: "confirm",
    description: "Confirmation with the way in",
    order: 3,
    pools: ["taking-part"],
    prefix: { EN: "Confirmed: ", DE: "Bestätigt: ", SP: "Confirmado: " },
    confirmation: true,
    serviceMail: true,
  },
];

export const pools: z.input<typeof poolSchema>[] = [
  { name: "everyone", attributes: [{ type: "true" }] },
  { name: "test-people", attributes: [{ type: "currenteventtest" }] },
  { name: "no-test-people", attributes: [{ type: "pooldiff", inpool: "everyone", outpool: "test-people" }] },
  { name: "newsletter", attributes: [{ type: "practice", field: "newsletter" }] },
  { name: "registered", attributes: [{ type: "currenteventjoin" }] },
  {
    name: "summer-audience",
    attributes: [
      { type: "pool", name: "newsletter" },
      { type: "join", aid: "SUMMER26" },
      { type: "currenteventmanualinclude" },
    ],
  },
  {
    name: "retreat-audience",
    attributes: [
      { type: "practice", field: "retreats" },
      { type: "join", aid: "RETREAT26" },
    ],
  },
  { name: "not-yet-registered", attributes: [{ type: "currenteventnotjoin" }] },
  {
    name: "taking-part",
    attributes: [{ type: "currenteventaccepted" }, { type: "pooland", pool1: "registered", pool2: "has-offering" }],
  },
  { name: "has-offering", attributes: [{ type: "currenteventoffering" }] },
  { name: "oath", attributes: [{ type: "oath", aid: "SUMMER26" }] },
];

/** Limits high enough for a demo of thousands; a real account has its provider's. `dkim` is added when seeding. */
export const accounts: z.input<typeof accountSchema>[] = [
  {
    name: "newsletter",
    fromName: "Example Community",
    fromAddress: "news@example.org",
    replyTo: "office@example.org",
    envelopeFrom: "bounces@example.org",
    unsubscribeMailto: "unsubscribe@example.org",
    listId: "news.example.org",
    security: "none",
    maxConnections: 4,
    messagesPerConnection: 500,
    ratePerSecond: 250,
    quotaPer24h: 200_000,
  },
  {
    name: "retreat-office",
    fromName: "Retreat Office – José & Anneliese",
    fromAddress: "retreats@example.org",
    listId: "retreats.example.org",
    security: "none",
    maxConnections: 1,
    ratePerSecond: 20,
    quotaPer24h: 2000,
  },
];

export const extraPrompts: z.input<typeof promptSchema>[] = [
  { event: "default", key: "retreat-week1", language: "universal", text: "Week 1 · Silence &amp; Forest" },
  { event: "default", key: "retreat-week2", language: "universal", text: "Week 2 · Music by the Lake" },
];

export const settings: z.input<typeof settingsSchema> = {
  registrationHosts: ["register.example.org"],
  registrationPlaceholderId: "123456789",
  mergeFields: { COUNTRY: "country" },
  allowedHashtags: ["community"],
  organisation: { name: "Example Community", url: "https://www.example.org/" },
  timeZone: "Europe/Berlin",
};

export const users = [
  {
    id: "writer",
    name: "Wren Writer",
    role: "write",
    eventAccess: ["*"],
    showAddresses: true,
    exportCsv: true,
    people: true,
  },
  {
    id: "admin",
    name: "Ada Admin",
    role: "admin",
    eventAccess: ["*"],
    showAddresses: true,
    exportCsv: true,
    people: true,
  },
  {
    id: "reader",
    name: "Reed Reader",
    role: "read",
    eventAccess: ["SUMMER26"],
    showAddresses: false,
    exportCsv: false,
  },
];

const roleWords: Readonly<Record<string, string>> = {
  read: "Only reads",
  write: "Writes",
  admin: "Writes and changes settings",
};

/** The users as the issuer's page offers them, each with what it may do. */
export function signInUsers() {
  return users.map(({ id, name, role, eventAccess }) => {
    const events = eventAccess.includes("*") ? "every event" : eventAccess.join(", ");
    return { id, name, note: `${roleWords[role] ?? role}; sees ${events}` };
  });
}

/** The work orders an operator finds: virtual and in person, with and without Zoom id, one reminder that inherits. */
export const workOrders = [
  {
    eventCode: "SUMMER26",
    subEvent: "main",
    stage: "reg",
    subjects: {
      EN: "*|FNAME|*, join us this summer",
      DE: "*|FNAME|*, sei diesen Sommer dabei",
      SP: "*|FNAME|*, ven este verano",
    },
    previewTexts: {
      EN: "Registration for the Summer Gathering is open",
      DE: "Die Anmeldung zum Sommertreffen ist offen",
      SP: "La inscripción al encuentro de verano está abierta",
    },
    account: "newsletter",
    regLinkPresent: true,
  },
  {
    eventCode: "SUMMER26",
    subEvent: "main",
    stage: "confirm",
    subjects: {
      EN: "Your place in the Summer Gathering",
      DE: "Dein Platz beim Sommertreffen",
      SP: "Tu lugar en el encuentro",
    },
    account: "newsletter",
    zoomId: "81234567890",
  },
  {
    eventCode: "RETREAT26",
    subEvent: "week1",
    stage: "reg",
    subjects: { EN: "Autumn Retreat: ||name||", DE: "Herbst-Retreat: ||name||", SP: "Retiro de otoño: ||name||" },
    account: "retreat-office",
    regLinkPresent: true,
    inPerson: true,
  },
];
