// Over HTTP: many mails in doubt at once, and why mails failed or are in doubt.
import type { Cause } from "@email-agent/shared/domain/delivery/deliveryCause.ts";
import type { Failure } from "./failure.ts";

/** Mails of a selection. */
export const mostClaims = 1000;

/** Which mails in doubt: in a language, found by a search, with one cause; what is absent asks for nothing. */
export interface DoubtFilter {
  readonly language?: string | undefined;
  readonly q?: string | undefined;
  readonly cause?: Cause | undefined;
}

/** A mail in doubt as the user saw it. */
interface DoubtClaim {
  readonly language: string;
  readonly participantId: string;
  readonly claimId: string;
}

interface ResolveMany {
  /** Name of an earlier mailing of the order; absent: the current one. */
  readonly mailing?: string | undefined;
  readonly received: boolean;
  readonly reason: string;
}

/** `POST /api/work-orders/{id}/doubts/resolve`: a selection, or all that fit the filter, `most` of them at most. */
export type ResolveManyBody =
  | (ResolveMany & { readonly claims: readonly DoubtClaim[] })
  | (ResolveMany & { readonly filter: DoubtFilter; readonly most: number });

/**
 * A line of the response, which is lines of JSON. `left`: mails that were resolved or claimed by others meanwhile; `early`:
 * mails whose reply may still arrive.
 */
export type ResolveManyLine =
  | {
      readonly resolved: number;
      readonly left: number;
      readonly early: number;
      readonly of: number;
      readonly isOver: boolean;
    }
  | { readonly error: Failure };

/** `POST /api/work-orders/{id}/doubts/undo`. */
export interface UndoBody {
  readonly bulk: string;
}

/** A line of its response. `left`: mails that were claimed or resolved again since. */
export type UndoLine =
  | { readonly restored: number; readonly left: number; readonly of: number; readonly isOver: boolean }
  | { readonly error: Failure };

/** `GET /api/work-orders/{id}/causes?status=&mailing=&language=&q=`: why mails of a status are there, most first. */
export interface MailCauses {
  readonly mails: number;
  readonly causes: readonly MailCause[];
  /** Mails with further causes. */
  readonly others: number;
}

interface MailCause {
  readonly cause: Cause;
  readonly mails: number;
  /** Language → mails. */
  readonly languages: Readonly<Record<string, number>>;
  /** One of the replies. */
  readonly reply?: string;
  readonly firstAt: string;
  readonly lastAt: string;
}

/** `GET /api/work-orders/{id}/doubts/resolutions?mailing=`: bulk resolutions, the newest first. */
export interface BulkResolutions {
  readonly resolutions: readonly ShownResolution[];
}

interface ShownResolution {
  readonly bulk: string;
  readonly at: string;
  /** Name of the user. */
  readonly by: string;
  readonly received: boolean;
  readonly reason: string;
  readonly resolved: number;
  /** Its work broke off before it was counted: so many mails at most are resolved. */
  readonly upTo?: number;
  readonly undone?: { readonly by: string; readonly at: string; readonly restored: number };
  /** Why it cannot be undone. */
  readonly isFinal?: "run began";
}
