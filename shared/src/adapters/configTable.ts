import type { Account, Language, Pool, Prompt, Settings, Stage } from "../domain/configItems.ts";

/** Reads of Config (key `pk`, `sk`), always fresh and consistent; items that do not fit are AppError `bad-item`. */
export interface ConfigTable {
  stage(name: string): Promise<Stage | undefined>;
  stages(): Promise<Stage[]>;
  pools(): Promise<Map<string, Pool>>;
  languages(): Promise<Map<string, Language>>;
  account(name: string): Promise<Account | undefined>;
  /** Every prompt of the event and of `default`, all languages. */
  prompts(eventCode: string): Promise<Prompt[]>;
  settings(): Promise<Settings>;
}
