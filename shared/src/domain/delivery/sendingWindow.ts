import { z } from "zod";

const clockTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "a time like 08:00");

/**
 * When mails of an order may begin, by the wall clock of one zone: from `from` up to `to` on these weekdays (1 Monday to 7
 * Sunday). Where `to` is not after `from` the window ends on the next day; equal times are a whole day.
 */
export const sendingWindowSchema = z.object({
  /** An IANA name. */
  zone: z.string().min(1),
  from: clockTime,
  to: clockTime,
  weekdays: z.array(z.int().min(1).max(7)).min(1),
});
export type SendingWindow = Readonly<z.infer<typeof sendingWindowSchema>>;
