import { z } from "zod";
import { instantSchema } from "../time.ts";
import { keyPartSchema } from "../workOrder.ts";

/** Config `template`: the newest version of a template in the bucket. `name` is the sort key; the HTML is under `templateKey`. */
export const storedTemplateSchema = z.looseObject({
  name: z.string().min(1).describe("`<event>-<sub-event>-<stage>-<LANG>`, as Prepare looks it up"),
  eventCode: keyPartSchema.describe("Code of the event; a user needs access to it"),
  subEvent: keyPartSchema.describe("Key of the sub-event"),
  stage: keyPartSchema.describe("The stage"),
  language: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .describe("Language code"),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe("SHA-256 of the HTML in UTF-8; the object in the bucket is named by it"),
  bytes: z.int().min(0).describe("Size of the HTML"),
  removed: z.boolean().optional().describe("It was deleted: Prepare does not see it, its versions are kept"),
  version: z.int().min(1).describe("Number of the version; every change raises it by one"),
  changedAt: instantSchema.describe("When this version was saved"),
  changedBy: z.string().describe("Id of the user who saved it"),
});
export type StoredTemplate = z.infer<typeof storedTemplateSchema>;

/** What a template is for: the mail of one stage in one language. */
export type TemplatePlace = Pick<StoredTemplate, "eventCode" | "subEvent" | "stage" | "language">;

/** The name of a template, the same in the bucket, in Mailchimp and in the folder. */
export function templateName({ eventCode, subEvent, stage, language }: TemplatePlace): string {
  return `${eventCode}-${subEvent}-${stage}-${language}`;
}

/** Public path of an image of a template, and its S3 key without the slash in front. `file`: `<sha256>.<extension>`. */
export function mediaPath(file: string): string {
  return `/media/${file}`;
}

/** S3 key of a template's HTML by content hash. */
export function templateKey(name: string, hash: string): string {
  return `templates/${name}/${hash}.html`;
}
