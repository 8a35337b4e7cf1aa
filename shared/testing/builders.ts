import { ulid } from "ulid";
import type { z } from "zod";
import { type Account, accountSchema } from "../src/domain/account.ts";
import {
  type Language,
  languageSchema,
  type Pool,
  type Prompt,
  poolSchema,
  promptSchema,
  type Stage,
  stageSchema,
} from "../src/domain/configItems.ts";
import { type EventRecord, eventSchema } from "../src/domain/event.ts";
import { type Participant, participantSchema } from "../src/domain/recipients/participant.ts";
import { type Settings, settingsSchema } from "../src/domain/settings.ts";
import { readySteps, type WorkOrder, workOrderSchema } from "../src/domain/workOrder.ts";

/**
 * Valid by default, and fitting together: event `E2026` with sub-event `weekend`, stage `reg`, pool `everyone`,
 * languages EN, SP and FR, account `office`. Each builder takes the fields the test is about and passes the schema.
 */

/** A new order with all steps ready, in EN. Subjects follow `languages` unless given. */
export function anOrder(fields: Partial<z.input<typeof workOrderSchema>> = {}): WorkOrder {
  const languages = fields.languages ?? ["EN"];
  return workOrderSchema.parse({
    id: `wo-${ulid()}`,
    version: 1,
    eventCode: "E2026",
    subEvent: "weekend",
    stage: "reg",
    languages,
    subjects: Object.fromEntries(languages.map((code) => [code, `Registration is open (${code})`])),
    account: "office",
    steps: readySteps(),
    createdBy: "anna",
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedBy: "anna",
    updatedAt: "2026-01-01T00:00:00.000Z",
    ...fields,
  });
}

let people = 0;

/** A participant who may be mailed: an address, English, no program. Ids and addresses are distinct within a process. */
export function aParticipant(fields: Partial<z.input<typeof participantSchema>> = {}): Participant {
  people += 1;
  const id = fields.id ?? `p-${people}`;
  return participantSchema.parse({
    id,
    email: `${id}@example.org`,
    first: "Ana",
    last: "García",
    writtenLangPref: "English",
    ...fields,
  });
}

/** An in-person event with one sub-event whose pool accepts everyone. */
export function anEvent(fields: Partial<z.input<typeof eventSchema>> = {}): EventRecord {
  return eventSchema.parse({
    aid: "E2026",
    name: "Summer Retreat 2026",
    subEvents: { weekend: {} },
    ...fields,
    config: { pool: "everyone", inPerson: true, currency: "EUR", ...fields.config },
  });
}

export function aStage(fields: Partial<z.input<typeof stageSchema>> = {}): Stage {
  return stageSchema.parse({ name: "reg", description: "Registration", order: 1, ...fields });
}

/** A pool that accepts everyone. */
export function aPool(fields: Partial<z.input<typeof poolSchema>> = {}): Pool {
  return poolSchema.parse({ name: "everyone", attributes: [{ type: "true" }], ...fields });
}

/** An account on 127.0.0.1 without TLS; tests give `port`. */
export function anAccount(fields: Partial<z.input<typeof accountSchema>> = {}): Account {
  return accountSchema.parse({
    name: "office",
    fromName: "The Office",
    fromAddress: "office@example.org",
    replyTo: "reply@example.org",
    listId: "news.example.org",
    host: "127.0.0.1",
    port: 2525,
    security: "none",
    username: "office",
    password: "not-a-secret",
    ratePerSecond: 1000,
    quotaPer24h: 100_000,
    ...fields,
  });
}

export function aPrompt(fields: Partial<z.input<typeof promptSchema>> = {}): Prompt {
  return promptSchema.parse({ event: "default", key: "salutation", language: "EN", text: "Dear ||name||", ...fields });
}

export function someSettings(fields: Partial<z.input<typeof settingsSchema>> = {}): Settings {
  return settingsSchema.parse({ registrationHosts: ["register.example.org"], ...fields });
}

/** English (suits everyone), Spanish, French and German by code. */
export function someLanguages(): Map<string, Language> {
  const rows = [
    { code: "EN", name: "English", tag: "en", everyone: true, order: 1 },
    { code: "SP", name: "Spanish", tag: "es", order: 2 },
    { code: "FR", name: "French", tag: "fr", order: 3 },
    { code: "DE", name: "German", tag: "de", order: 4 },
  ];
  return new Map(rows.map((row) => [row.code, languageSchema.parse(row)]));
}

/** One of `someLanguages`. */
export function aLanguage(code: string): Language {
  const language = someLanguages().get(code);
  if (!language) throw new Error(`someLanguages() has no ${code}`);
  return language;
}
