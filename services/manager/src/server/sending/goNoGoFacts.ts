import type { Forecast } from "@email-agent/shared/domain/delivery/forecast.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { GoNoGo } from "../../api/sending.ts";
import type { RecipientCount } from "./countRecipients.ts";

/** What the warnings are made of. */
export interface GoNoGoFacts
  extends Pick<GoNoGo, "guard" | "recipients" | "languages" | "test" | "changes" | "account"> {
  readonly order: WorkOrder;
  readonly forecast?: Forecast | undefined;
  /** Absent where there is no complete Dry-Run, and where it is not possible. */
  readonly counted?: RecipientCount | undefined;
  /** Only the mails of a selection are sent again: it need not have all languages. */
  readonly isSelection: boolean;
  /** Why the recipients could not be counted. */
  readonly uncountable?: string;
  /** Codes of languages that suit everyone. */
  readonly everyone: readonly string[];
  readonly hasStage: boolean;
  /** The order whose content and subjects this one inherits; absent if it is gone or was moved elsewhere. */
  readonly parent?: WorkOrder | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Codes of languages, in words. */
export function codes(languages: GoNoGoFacts["languages"]): string {
  return languages.map(({ code }) => code).join(", ");
}
