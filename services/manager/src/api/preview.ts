// Over HTTP: the preview of a mail.
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";

/** Published content, or what the last Prepare refused to publish. */
export type PreviewSource = "prepared" | "draft";

/** A person a mail can be shown for. `email` is masked for users who may not see addresses. */
export interface PreviewParticipant {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** A mail as mail programs show it, but for its HTML, which comes from `/preview/html` with the same query. */
export interface PreviewMail {
  readonly subject: string;
  /** The text behind the subject in a list of mails: the beginning of the mail. */
  readonly previewLine: string;
  readonly from: string;
  readonly to: string;
  readonly replyTo: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The text part. */
  readonly text: string;
}

/** `GET /api/work-orders/{id}/preview?language=&participant=&source=`. */
export interface Preview {
  readonly state: PreviewSource | "none";
  /** What there is, newest first. */
  readonly sources: readonly PreviewSource[];
  readonly language: string;
  /** All languages of the order. */
  readonly languages: readonly string[];
  /** Why there is no `mail`, in a sentence. */
  readonly problem?: string;
  readonly participant?: PreviewParticipant;
  readonly mail?: PreviewMail;
  /** Name of the template, and its HTML, to which the places of findings refer. */
  readonly template?: string;
  readonly source?: string;
  readonly findings: readonly Detail[];
  /** Findings beyond those listed. */
  readonly moreFindings?: number;
  readonly contentHash?: string;
  /** When it was published, or when QA refused it. */
  readonly preparedAt?: string;
}

/** `GET /api/work-orders/{id}/participants?search=` and `GET /api/settings/people?search=`. `note` says why there may be more. */
export interface FoundParticipants {
  readonly participants: readonly PreviewParticipant[];
  readonly note?: string;
  /** Not everyone is read yet: ask again for the rest. */
  readonly reading?: boolean;
}
