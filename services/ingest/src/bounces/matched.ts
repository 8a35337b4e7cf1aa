import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";

/** The delivery that a report is about. */
export interface Matched {
  readonly partition: string;
  readonly mailingKey: string;
  readonly delivery: Delivery;
  readonly isTest: boolean;
  /** By its address alone: anyone who knows it could have written the report. */
  readonly isGuess?: boolean;
}
