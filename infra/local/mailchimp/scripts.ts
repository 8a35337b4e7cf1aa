import { z } from "zod";
import { calls } from "./respond.ts";

/**
 * What goes wrong, and when. The script serves the calls it names after `skip` of them went well, `times` times.
 * - `status`: that status with a problem document; `html`: with an HTML page instead, as the guard in front of Mailchimp
 *   answers; `body`: with this JSON instead.
 * - `hang`: no response at all until the client gives up. `reset`: the connection is cut.
 * - `afterEffect`: the call takes effect first (a campaign is made, but the client never learns its id).
 */
const mailchimpScriptSchema = z.object({
  call: z.enum([...calls, "*"]),
  skip: z.int().min(0).default(0),
  times: z.int().min(1).default(1),
  delayMilliseconds: z.int().min(0).default(0),
  status: z.int().optional(),
  retryAfterSeconds: z.number().optional(),
  html: z.boolean().default(false),
  body: z.unknown().optional(),
  hang: z.boolean().default(false),
  reset: z.boolean().default(false),
  afterEffect: z.boolean().default(false),
});
export type MailchimpScript = z.input<typeof mailchimpScriptSchema>;
export type ActiveMailchimpScript = z.output<typeof mailchimpScriptSchema>;

/** The scripts of one stand-in, matched in the order in which they were added. */
export function scriptList() {
  const scripts: { skip: number; times: number; readonly script: ActiveMailchimpScript }[] = [];
  return {
    add(given: MailchimpScript): void {
      const script = mailchimpScriptSchema.parse(given);
      scripts.push({ skip: script.skip, times: script.times, script });
    },
    clear(): void {
      scripts.length = 0;
    },
    /** The script for this call, used up by one. */
    take(call: string): ActiveMailchimpScript | undefined {
      for (const entry of scripts) {
        if (entry.times === 0 || (entry.script.call !== "*" && entry.script.call !== call)) continue;
        if (entry.skip > 0) {
          entry.skip -= 1;
          continue;
        }
        entry.times -= 1;
        return entry.script;
      }
      return undefined;
    },
  };
}
