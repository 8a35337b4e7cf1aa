import { z } from "zod";
import { promptSchema } from "../configItems.ts";
import { eventSchema } from "../event.ts";
import { participantSchema } from "../recipients/participant.ts";
import { settingsSchema } from "../settings.ts";
import { audienceSchema } from "./preparedContent.ts";

const exampleEvent = { aid: "EXAMPLE", name: "Example event", subEvents: { main: {} }, config: { currency: "EUR" } };
const exampleAudience = {
  name: "Members",
  company: "Example Organisation",
  description: "You receive this mail because you are a member.",
  address: "Example Organisation, 1 Example Road, Exampletown",
  addressHtml: "Example Organisation<br>1 Example Road<br>Exampletown",
  phone: "",
  email: "office@example.org",
  url: "https://example.org/",
};
const examplePerson = { id: "p1", email: "ana@example.org", first: "Ana", last: "Novak", country: "Spain" };

/** What an organisation can set for the check of a template; all of it has defaults. The items are those of the tables. */
export const checkConfigSchema = z.strictObject({
  event: eventSchema.prefault(exampleEvent),
  subEvent: z.string().optional(),
  prompts: z.array(promptSchema).default([]),
  settings: settingsSchema.prefault({ mergeFields: { COUNTRY: "country" } }),
  audience: audienceSchema.default(exampleAudience),
  replyTo: z.string().default("office@example.org"),
  person: participantSchema.prefault(examplePerson),
  order: z
    .strictObject({
      salutationByName: z.boolean().default(false),
      regLinkPresent: z.boolean().default(false),
      confirmation: z.boolean().default(false),
      inPerson: z.boolean().default(true),
      zoomId: z.string().optional(),
    })
    .prefault({}),
});
