import { z } from "zod";

/** Where in a session a script strikes. `body`: in the middle of the message; `dot`: in place of the final reply. */
const smtpPhases = ["connect", "greeting", "ehlo", "auth", "mail", "rcpt", "data", "body", "dot"] as const;
export type SmtpPhase = (typeof smtpPhases)[number];

/**
 * One kind of fault (greylisting, a 421, a lost connection …). It strikes in its phase when sender and recipient match, after `skip` matches that went well, at
 * every `every`th match from then on, `times` times in all.
 *
 * - `recipient`, `sender`: an address, or a pattern with `*` (`*@slow.example`). Recipients are known from `rcpt` on.
 * - `delayMilliseconds`: waits first; alone it only delays.
 * - `reply`: this reply, as `450 4.2.1 busy`; the connection is closed behind a 421.
 * - `cut`: `close` ends the connection, `reset` tears it down, `silence` never replies again.
 * - `keep` (`dot` only): whether the message counts as received. Default: yes when cut, no when refused.
 * - `afterBytes` (`body` only): how much of the message comes in first.
 */
const smtpScriptSchema = z
  .object({
    phase: z.enum(smtpPhases),
    recipient: z.string().optional(),
    sender: z.string().optional(),
    skip: z.int().min(0).default(0),
    every: z.int().min(1).default(1),
    times: z.union([z.int().min(1), z.literal("always")]).default(1),
    delayMilliseconds: z.int().min(0).default(0),
    reply: z
      .string()
      .regex(/^[2-5]\d\d( [^\r\n]*)?$/, "a code from 200 to 599 and a text on one line")
      .optional(),
    cut: z.enum(["close", "reset", "silence"]).optional(),
    keep: z.boolean().optional(),
    afterBytes: z.int().min(0).default(0),
  })
  .strict()
  .refine(({ reply, cut }) => !(reply && cut), "either reply or cut")
  .refine(({ phase, reply }) => !(reply && (phase === "connect" || phase === "body")), "this phase has no reply");
export type SmtpScript = z.input<typeof smtpScriptSchema>;
export type ActiveSmtpScript = z.output<typeof smtpScriptSchema>;

export interface SmtpMoment {
  readonly sender?: string;
  readonly recipients?: readonly string[];
}

/** What became of a script. */
export interface ScriptReport {
  readonly script: ActiveSmtpScript;
  readonly matches: number;
  readonly hits: number;
}

export interface SmtpScripts {
  /** Adds a script; throws a ZodError for one that makes no sense. Returns its live report. */
  add(script: SmtpScript): ScriptReport;
  clear(): void;
  reports(): readonly ScriptReport[];
  /** The script that strikes now, used up by one. The first that matches wins. */
  take(phase: SmtpPhase, moment: SmtpMoment): ActiveSmtpScript | undefined;
}

export function smtpScripts(): SmtpScripts {
  const entries: { script: ActiveSmtpScript; matches: number; hits: number; strikes(moment: SmtpMoment): boolean }[] =
    [];
  return {
    add(given) {
      const script = smtpScriptSchema.parse(given);
      const sender = pattern(script.sender);
      const recipient = pattern(script.recipient);
      const strikes = (moment: SmtpMoment) =>
        (!sender || sender.test(moment.sender ?? "")) &&
        (!recipient || (moment.recipients ?? []).some((address) => recipient.test(address)));
      const entry = { script, matches: 0, hits: 0, strikes };
      entries.push(entry);
      return entry;
    },
    clear: () => void entries.splice(0),
    reports: () => entries.map(({ script, matches, hits }) => ({ script, matches, hits })),
    take(phase, moment) {
      for (const entry of entries) {
        const { script } = entry;
        if (script.phase !== phase || !entry.strikes(moment)) continue;
        if (script.times !== "always" && entry.hits >= script.times) continue;
        entry.matches += 1;
        const match = entry.matches - script.skip;
        if (match < 1 || (match - 1) % script.every !== 0) continue;
        entry.hits += 1;
        return script;
      }
      return undefined;
    },
  };
}

function pattern(text: string | undefined): RegExp | undefined {
  if (text === undefined) return undefined;
  return new RegExp(`^${text.split("*").map(escaped).join(".*")}$`, "i");
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
