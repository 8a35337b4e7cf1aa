import type { Audience } from "@email-agent/shared/domain/template/mail.ts";
import type { ContentSource } from "@email-agent/shared/domain/workOrder.ts";

/** The HTML of one language before it is checked and published. */
export interface Content {
  readonly language: string;
  readonly html: string;
  /** Name of the template it came from. */
  readonly template: string;
  readonly source: ContentSource;
  readonly audience?: Audience;
}

/** The content of all languages, and remarks for the operator about where it came from. */
export interface FoundContent {
  readonly contents: readonly Content[];
  readonly remarks: readonly string[];
}
