import { z } from "zod";
import { detailSchema } from "../workOrder.ts";

/** Audience values that fill the `LIST:` tags. */
export const audienceSchema = z.object({
  name: z.string(),
  company: z.string(),
  description: z.string(),
  address: z.string(),
  addressHtml: z.string(),
  phone: z.string(),
  email: z.string(),
  url: z.string(),
});

/** The `.json` beside prepared HTML, and beside that of a draft. */
export const preparedContentSchema = z.object({
  v: z.literal(1),
  template: z.string(),
  audience: audienceSchema.optional(),
  findings: z.array(detailSchema),
});
export type PreparedContent = z.infer<typeof preparedContentSchema>;

/** S3 key of prepared HTML by content hash. */
export function preparedKey(
  order: { eventCode: string; subEvent: string; stage: string },
  language: string,
  hash: string,
): string {
  return `prepared/${order.eventCode}/${order.subEvent}/${order.stage}/${language}/${hash}.html`;
}

/** S3 key of HTML that a run of Prepare found wanting and did not publish. */
export function draftKey(workOrderId: string, runId: string, language: string): string {
  return `drafts/${workOrderId}/${runId}/${language}.html`;
}

/** S3 key of the `.json` beside prepared HTML or a draft. */
export function sidecarKey(htmlKey: string): string {
  return htmlKey.replace(/\.html$/, ".json");
}
