import type { Account } from "../account.ts";
import type { Language, Stage, Tester } from "../configItems.ts";
import type { MessageConfig } from "../delivery/message.ts";
import type { EventRecord } from "../event.ts";
import type { Settings } from "../settings.ts";
import type { MailSettings } from "../template/mail.ts";
import type { OrderSetting, WorkOrder } from "../workOrder.ts";

/** A local time as an instant; `note` says what was chosen where clocks show it twice. */
export type InstantFound = { readonly instant: string; readonly note?: string } | { readonly problem: string };

/** What a form is judged by: the present state of everything it refers to. */
export interface OrderFormContext {
  /** The order that is edited; absent for a new one. */
  readonly order?: WorkOrder;
  /** The chosen event, if it exists and the user may see it. */
  readonly event?: EventRecord;
  readonly stages: readonly Stage[];
  readonly languages: ReadonlyMap<string, Language>;
  /** All of them, those switched off too. */
  readonly accounts: readonly Account[];
  /** Addresses of accounts that set none. */
  readonly config: MessageConfig;
  readonly testers: readonly Tester[];
  readonly settings: Settings;
  /** Id of another order with the chosen event, sub-event and stage. */
  readonly keyHolder?: string;
  /** The order the edited one inherits from, as long as it exists. */
  readonly parent?: WorkOrder;
  /** The newest order of the first parent stage of the chosen stage that has one, for the same event and sub-event. */
  readonly parentOfStage?: WorkOrder;
  /** What tags in subjects can be filled with (the fields of MailSettings with these names). */
  readonly mail: Pick<MailSettings, "replyTo" | "configured" | "oathed">;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Which instant a local time (`2026-11-25T18:00`) in an IANA zone is. */
  readonly instantOf: (local: string, zone: string) => InstantFound;
}

/** The fields as the order will hold them; `undefined` means absent. */
export type StoredFields = { readonly [F in OrderSetting]: WorkOrder[F] };

/** Field of the form, or one language of it (`subjects.EN`) → one sentence that names the problem and the fix. */
export type FieldSentences = Readonly<Record<string, string>>;

/** The judgement of some fields. `Names`: those that are not stored as they were entered. */
export interface Judged<Names extends OrderSetting = never> {
  readonly errors: FieldSentences;
  /** What the user should know and need not fix. */
  readonly notes: FieldSentences;
  /** Only to be used without errors. */
  readonly stored: Pick<StoredFields, Names>;
}

/** The longest text a field takes. */
export const textLimitCharacters = 2000;

/** A text from outside, shortened and quoted for a sentence. */
export function quoted(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return `"${line.length > 60 ? `${line.slice(0, 60)}…` : line}"`;
}

/** `reg, reminder, confirm`, or `none`. */
export function listed(names: readonly string[]): string {
  return names.length > 0 ? names.join(", ") : "none";
}
