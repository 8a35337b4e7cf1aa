import type { OrderFormContext } from "../src/domain/form/formContext.ts";
import type { OrderFields } from "../src/domain/form/orderFields.ts";
import { emptyForm } from "../src/domain/form/orderForm.ts";
import { anAccount, anEvent, aStage, someLanguages, someSettings } from "./builders.ts";

/** Noon of the day on which forms are judged in tests. */
export const judgedAt = Date.parse("2026-03-01T12:00:00.000Z");

/** A form that can be saved: registration of the in-person event `E2026`, in English. */
export function aForm(fields: Partial<OrderFields> = {}): OrderFields {
  const languages = fields.languages ?? ["EN"];
  return {
    ...emptyForm,
    eventCode: "E2026",
    subEvent: "weekend",
    stage: "reg",
    languages,
    subjects: Object.fromEntries(languages.map((code) => [code, `Registration is open (${code})`])),
    account: "office",
    ...fields,
  };
}

/** What `aForm` refers to: stages reg, reminder (inherits from reg) and confirm; one account switched off; two testers. */
export function aFormContext(fields: Partial<OrderFormContext> = {}): OrderFormContext {
  return {
    event: anEvent(),
    stages: [
      aStage({ prefix: { EN: "Registration: " }, requireRegLink: true }),
      aStage({ name: "reminder", order: 2, parentStages: ["reg"] }),
      aStage({ name: "confirm", order: 3, confirmation: true }),
    ],
    languages: someLanguages(),
    accounts: [anAccount(), anAccount({ name: "old", enabled: false })],
    config: { EMAIL_FROM: "noreply@example.com", MAILCHIMP_REPLY_TO: "reply@example.org" },
    testers: [
      { id: "t-1", label: "Tess" },
      { id: "t-2", label: "Tom" },
    ],
    settings: someSettings({ mergeFields: { COUNTRY: "country" } }),
    mail: {
      replyTo: "reply@example.org",
      configured: { unsubscribe: true, archive: true, profile: true, hash: true },
    },
    now: judgedAt,
    instantOf: (local) => ({ instant: `${local}:00.000Z` }),
    ...fields,
  };
}
