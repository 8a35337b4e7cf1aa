import type { z } from "zod";
import type { Prompt } from "../configItems.ts";
import type { audienceSchema } from "../content/preparedContent.ts";
import type { EventRecord } from "../event.ts";
import type { Participant } from "../recipients/participant.ts";
import type { Settings } from "../settings.ts";
import type { Detail } from "../workOrder.ts";

/** Audience data that Prepare stored beside the content; fills the `LIST:` tags. */
export type Audience = z.infer<typeof audienceSchema>;

/** Everything a mail of one language is made of before it meets a person. */
export interface MailSource {
  readonly language: string;
  /** Stage prefix for the language + order subject (Test adds `TEST: ` in front). May hold tags and macros. */
  readonly subject: string;
  /** May hold tags and macros, too; fills `*|MC_PREVIEW_TEXT|*`. */
  readonly previewText: string;
  readonly html: string;
}

/** What tags, macros and conditions may refer to; the same for all recipients of a mailing. */
export interface MailSettings {
  readonly event: EventRecord;
  readonly subEvent: string;
  /** All prompts of the event and of `default`. */
  readonly prompts: readonly Prompt[];
  readonly settings: Settings;
  readonly audience?: Audience;
  /** The account's reply-to (or its fallback), for `||coord-email||`. */
  readonly replyTo: string;
  /** Which personal values can be filled in here; using one that cannot is a Q1 error. */
  readonly configured: {
    readonly unsubscribe: boolean;
    readonly archive: boolean;
    readonly profile: boolean;
    readonly hash: boolean;
  };
  /** Pool `oath` accepts this participant (`#if oathed`); absent if there is no such pool, then its use is an error. */
  readonly oathed?: (participant: Participant) => boolean;
}

/** One recipient's values that are not in the participant item. */
export interface Recipient {
  readonly participant: Participant;
  /** Epoch milliseconds of the rendering, for dates. */
  readonly now: number;
  readonly unsubscribeUrl: string;
  readonly profileUrl: string;
  readonly archiveUrl: string;
  /** Value of `||hash||`. */
  readonly hash: string;
  /** True only on the view page. */
  readonly archivePage: boolean;
}

export interface RenderedMail {
  /** Plain, one line. */
  readonly subject: string;
  readonly html: string;
  /** Plain text made from the rendered HTML. */
  readonly text: string;
}

/** Parsed once per language and content hash; rendering a recipient only joins strings. */
export interface CompiledMail {
  readonly language: string;
  /** Throws RenderError for what only shows with a person's data (`||retreats||` with none selected). */
  render(recipient: Recipient): RenderedMail;
}

/**
 * Compiles subject, preview and HTML (see compileMail.ts). Findings are the errors that forbid sending, with line and
 * column; `mail` is present only without them. All other rules for content: contentCheck.ts.
 */
export type CompileMail = (
  source: MailSource,
  settings: MailSettings,
) => { readonly mail?: CompiledMail; readonly findings: Detail[] };
