import type { SendingWindow } from "../delivery/sendingWindow.ts";

/** A time as it was entered: `local` is `2026-11-25T18:00`, `zone` an IANA name. An instant (`…Z`) is the stored time. */
type EnteredTime = string | { readonly local: string; readonly zone: string };

/** What the form holds of a field, by the kind of the field. */
export interface EnteredValues {
  /** A name or code that something else is found by. */
  name: string;
  text: string;
  switch: boolean;
  /** Names or codes; their order counts. */
  names: readonly string[];
  /** Language → text. */
  texts: Readonly<Record<string, string>>;
  time: EnteredTime | null;
  number: number;
  "optional number": number | null;
  window: SendingWindow | null;
}
export type FieldKind = keyof EnteredValues;

/** Steps that a change sets back to ready (`stepsOf` in invalidation.ts). `every step`: it is another mailing now. */
export type Resets = "every step" | "steps with content" | "steps that mail" | "nothing";

/** Only a field that resets nothing may change while Send sleeps, because such a save writes no step. */
type Effect =
  | { readonly resets: "nothing"; readonly whileSleeping: boolean }
  | { readonly resets: Exclude<Resets, "nothing">; readonly whileSleeping?: false };

/** How it is entered, and its value in a new form. `derived`: not entered, but set by the judge of the form. */
type Entry =
  | { [Kind in FieldKind]: { readonly kind: Kind; readonly empty: EnteredValues[Kind] } }[FieldKind]
  | { readonly kind: "derived" };

/** One row of the table of order fields. */
export type FieldRow = Effect &
  Entry & {
    /** In sentences: "Reset because subjects changed." */
    readonly title: string;
    /** At its control, where that is not the title. */
    readonly label?: string;
    /** Another value makes another mailing key: no one has received that mailing yet. */
    readonly inMailingKey?: true;
    /** Comes from the parent order where there is one. */
    readonly inherited?: true;
    /** The audit names it without its value. */
    readonly secret?: true;
  };
