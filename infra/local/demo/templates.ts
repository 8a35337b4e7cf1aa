import type { promptSchema } from "@email-agent/shared/domain/configItems.ts";
import type { z } from "zod";
import type { AudienceSeed, TemplateSeed } from "../mailchimp.ts";
import { stockLayout } from "./templateLayout.ts";
import {
  registrationText,
  reminderText,
  retreatConfirmationText,
  type StageText,
  type TemplateLanguage,
  templateLanguages,
  virtualConfirmationText,
} from "./templateTexts.ts";

/**
 * What the demo organisation keeps in Mailchimp. The mails use UNSUB, ARCHIVE, UPDATE_PROFILE and, through the prompts
 * of events with `reglinkv2`, the hash: PUBLIC_BASE_URL, PROFILE_URL and REGISTRATION_HASH_SECRET must be set, and
 * LINK_CHECK_HOSTS must lead every name (`*`) to the local web site.
 */

/** The audience; MAILCHIMP_AUDIENCE must be its name. */
export const demoAudience: AudienceSeed = {
  name: "Example Community",
  contact: {
    company: "Example Community e. V.",
    address1: "Lindenstraße 7",
    city: "Freiburg",
    zip: "79098",
    country: "DE",
    phone: "+49 761 000000",
  },
  permissionReminder: "You receive this email because you asked for news of the Example Community.",
  fromName: "Example Community",
  fromEmail: "news@example.org",
  subscribeUrl: "https://www.example.org/join",
};

interface DemoEvent {
  readonly code: string;
  readonly page: string;
  readonly accent: string;
  /** Sub-event → the name people know it by, per language. */
  readonly subEvents: Readonly<Record<string, Readonly<Record<TemplateLanguage, string>>>>;
  /** Stages with a template of their own; others take that of their parent stage. */
  readonly stages: Readonly<Record<string, Readonly<Record<TemplateLanguage, StageText>>>>;
}

const events: readonly DemoEvent[] = [
  {
    code: "SUMMER26",
    page: "summer",
    accent: "#1F7A8C",
    subEvents: {
      main: { EN: "Summer Gathering", DE: "Sommertreffen", SP: "Encuentro de verano" },
      evening: { EN: "Summer Evening", DE: "Sommerabend", SP: "Noche de verano" },
    },
    stages: { reg: registrationText, reminder: reminderText, confirm: virtualConfirmationText },
  },
  {
    code: "RETREAT26",
    page: "retreat",
    accent: "#7A4E2D",
    subEvents: {
      week1: { EN: "Silence and Forest", DE: "Stille und Wald", SP: "Silencio y bosque" },
      week2: { EN: "Music by the Lake", DE: "Musik am See", SP: "Música junto al lago" },
    },
    stages: { reg: registrationText, confirm: retreatConfirmationText },
  },
  {
    code: "REALMAIL",
    page: "real",
    accent: "#5B4B8A",
    subEvents: { main: { EN: "Real Mail", DE: "Echte Post", SP: "Correo real" } },
    stages: { reg: registrationText },
  },
];

/** Every template by name and HTML, as authors made them in Mailchimp. */
export function demoTemplates(): TemplateSeed[] {
  return events.flatMap((event) =>
    Object.entries(event.subEvents).flatMap(([subEvent, names]) =>
      Object.entries(event.stages).flatMap(([stage, text]) =>
        templateLanguages.map((language) => ({
          name: `${event.code}-${subEvent}-${stage}-${language}`,
          html: stockLayout(
            language,
            event.accent,
            text[language]({ code: event.code, page: event.page, subEvent: names[language] }),
          ),
        })),
      ),
    ),
  );
}

const prompt = (key: string, texts: Record<TemplateLanguage, string>, event = "default") =>
  templateLanguages.map((language) => ({ event, key, language, text: texts[language] }));

const link = "https://register.example.org/?aid=||aid||&amp;pid=||pid||";
const linkV2 = "https://register.example.org/v2?aid=||aid||&amp;pid=||pid||&amp;hash=||hash||";

/** The prompts these templates use. */
export const demoPrompts: z.input<typeof promptSchema>[] = [
  ...prompt("salutation", {
    EN: "Dear ||name||,",
    DE: "Liebe(r) ||name||,",
    SP: "Querido/a ||name||:",
  }),
  ...prompt(
    "salutation",
    {
      EN: "Dear ||name||, dear friend of the retreats,",
      DE: "Liebe(r) ||name||, willkommen zurück,",
      SP: "Querido/a ||name||, bienvenido/a de nuevo:",
    },
    "RETREAT26",
  ),
  ...prompt("reglink", {
    EN: `Or open <a href="${link}">your personal registration page</a>.`,
    DE: `Oder öffne <a href="${link}">deine persönliche Anmeldeseite</a>.`,
    SP: `O abre <a href="${link}">tu página personal de inscripción</a>.`,
  }),
  ...prompt("reglinkv2", {
    EN: `Or open <a href="${linkV2}">your personal registration page</a>.`,
    DE: `Oder öffne <a href="${linkV2}">deine persönliche Anmeldeseite</a>.`,
    SP: `O abre <a href="${linkV2}">tu página personal de inscripción</a>.`,
  }),
  ...prompt("offeringsection", {
    EN: `You can make your offering (<subevent>) on <a href="${link}">your page</a>.`,
    DE: `Deine Spende (<subevent>) machst du auf <a href="${link}">deiner Seite</a>.`,
    SP: `Puedes hacer tu ofrenda (<subevent>) en <a href="${link}">tu página</a>.`,
  }),
];
