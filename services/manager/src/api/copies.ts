// Over HTTP: the work orders of an event, copied to another event.

/** What is copied where. `parts`: sub-event → sub-event of the other event; one that is absent or blank is left out. */
export interface CopyPlace {
  readonly from: string;
  readonly to: string;
  readonly parts: Readonly<Record<string, string>>;
}

/**
 * `creates` only in a preview, `created` only afterwards. `exists`: event, part and stage have a work order, which is left
 * as it is. `unfit`: a rule of the form refuses it. `left`: no part of the other event was chosen for its part.
 */
export type CopyOutcome = "creates" | "created" | "exists" | "unfit" | "left";

/** One work order of the event. */
export interface CopyRow {
  /** Id of the order that is copied. */
  readonly from: string;
  readonly subEvent: string;
  readonly stage: string;
  /** The part of the other event; absent where none was chosen. */
  readonly target?: string;
  readonly outcome: CopyOutcome;
  /** The order that was created, or exists. */
  readonly id?: string;
  /** Why it does not fit. */
  readonly reasons: readonly string[];
  /** What is different from the order that is copied. */
  readonly notes: readonly string[];
}

/** `POST /api/event-copies`: parents come before the orders that take their content. */
export interface EventCopy {
  readonly rows: readonly CopyRow[];
}
