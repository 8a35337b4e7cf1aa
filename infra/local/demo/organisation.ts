import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { accountSchema } from "@email-agent/shared/domain/account.ts";
import type { poolSchema, stageSchema, userSchema } from "@email-agent/shared/domain/configItems.ts";
import { wholeItem } from "@email-agent/shared/domain/configuration/judgeItem.ts";
import type { ConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";
import { readConfigurationFile } from "@email-agent/shared/domain/configuration/readConfigurationFile.ts";
import type { eventSchema } from "@email-agent/shared/domain/event.ts";
import type { z } from "zod";

/** The configuration of the demo organisation, as seeding imports it. */
export const organisation = readConfigurationFile(readFileSync(join(import.meta.dirname, "organisation.yaml"), "utf8"));

function itemsOf(kind: ConfigKind): Readonly<Record<string, unknown>>[] {
  return organisation.items.filter((item) => item.kind === kind).map(({ key, fields }) => wholeItem(kind, key, fields));
}

// Seeding judges each item by its schema.
export const accounts = itemsOf("account") as z.input<typeof accountSchema>[];
export const events = itemsOf("event") as z.input<typeof eventSchema>[];
export const stages = itemsOf("stage") as z.input<typeof stageSchema>[];
export const users = itemsOf("user") as (z.input<typeof userSchema> & { readonly eventAccess: string[] })[];

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

const roleWords: Readonly<Record<string, string>> = {
  read: "Only reads",
  write: "Writes",
  admin: "Writes and changes settings",
};

/** The users as the issuer's page offers them, each with what it may do; of an empty organisation, what it takes to let it in. */
export function signInUsers(isEmpty = false) {
  return users.map(({ id, name, role, eventAccess }) => {
    const events = eventAccess.includes("*") ? "every event" : eventAccess.join(", ");
    const isMissing = isEmpty && role !== "admin";
    const note = isMissing
      ? `no access until an administrator adds the user ${id}`
      : `${roleWords[role] ?? role}; sees ${events}`;
    return { id, name, email: `${id}@example.org`, note };
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
