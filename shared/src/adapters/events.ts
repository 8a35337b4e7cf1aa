import type { EventRecord } from "../domain/event.ts";

export interface Events {
  /** Consistent read; AppError `bad-item` if it does not fit the schema. */
  get(eventCode: string): Promise<EventRecord | undefined>;
  /**
   * Sets `embeddedEmails.<subEvent>.<stage>.<LANG>` for all languages in one update by path, never the whole event;
   * missing parent maps are made first with `if_not_exists(path, {})`. AppError `not-found` if the event is absent.
   */
  setEmbeddedEmails(eventCode: string, subEvent: string, stage: string, urls: Record<string, string>): Promise<void>;
}
