import { AppError } from "@email-agent/shared/kit/errors.ts";
import { z } from "zod";

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

export const audienceListSchema = z.object({
  id: z.string(),
  name: z.string(),
  contact: z.object({
    company: text,
    address1: text,
    address2: text,
    city: text,
    state: text,
    zip: text,
    country: text,
    phone: text,
  }),
  permission_reminder: text,
  campaign_defaults: z.object({ from_name: text, from_email: text }),
  subscribe_url_short: text,
});
/** An audience (Mailchimp calls it a list) as `GET /lists` gives it. */
export type MailchimpAudience = z.infer<typeof audienceListSchema>;

export const templateSchema = z.object({ id: z.int(), name: z.string(), active: z.boolean().optional() });
export type MailchimpTemplate = z.infer<typeof templateSchema>;

/** Drafts of anyone in the account: incomplete ones must not stop a Prepare; our own have every field. */
export const draftSchema = z
  .object({ id: z.string(), create_time: text, settings: z.object({ title: text }).nullish() })
  .transform(({ id, create_time, settings }) => ({
    id,
    title: settings?.title ?? "",
    createdAt: Date.parse(create_time),
  }));
/** A campaign that was not sent. `createdAt` is epoch milliseconds, NaN if unknown. */
export type MailchimpDraft = z.infer<typeof draftSchema>;

/** A validated response. Throws AppError `mailchimp` naming the path that does not fit. */
export function fitting<Schema extends z.ZodType>(schema: Schema, body: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError(
    "mailchimp",
    `Mailchimp was asked to ${what}, but its response is not valid at ${issue?.path.join(".")}.`,
  );
}
