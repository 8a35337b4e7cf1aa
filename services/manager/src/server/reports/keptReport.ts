import { AppError } from "@email-agent/shared/kit/errors.ts";
import { z } from "zod";
import type { CountedReport } from "../../api/reports.ts";
import type { Manager } from "../manager.ts";

const mailingSchema = z.object({
  sent: z.int(),
  failed: z.int(),
  inDoubt: z.int(),
  waiting: z.int(),
  bouncedHard: z.int(),
  bouncedSoft: z.int(),
  complained: z.int(),
  unsubscribed: z.int(),
  replies: z.array(z.object({ reply: z.string(), mails: z.int() })),
  otherReplies: z.int(),
  firstAt: z.string().optional(),
  lastAt: z.string().optional(),
});
const reportSchema = z.object({
  v: z.literal(1),
  countedAt: z.string(),
  by: z.string(),
  mailings: z.record(z.string(), mailingSchema),
  people: z.object({
    none: z.int().optional(),
    byMails: z.record(z.string(), z.int()),
    most: z.array(z.object({ id: z.string(), mails: z.int() })),
  }),
});

/** The numbers of an event as they were counted last, in the bucket: no names and no addresses. */
const keyOf = (code: string) => `event-reports/${code}.json`;

export async function keepReport(
  { documents }: Pick<Manager, "documents">,
  code: string,
  report: CountedReport,
): Promise<void> {
  await documents.put(keyOf(code), JSON.stringify(report), "application/json");
}

/** Undefined if it was never counted, or by a release that counts otherwise. */
export async function keptReport(
  { documents }: Pick<Manager, "documents">,
  code: string,
): Promise<CountedReport | undefined> {
  try {
    const kept = reportSchema.safeParse(JSON.parse(await documents.getText(keyOf(code))));
    return kept.data as CountedReport | undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return undefined;
    throw error;
  }
}
