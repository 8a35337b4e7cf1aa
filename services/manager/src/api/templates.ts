// Over HTTP: templates in the bucket.
import type { TemplatePlace } from "@email-agent/shared/domain/content/storedTemplate.ts";
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import type { PreviewMail, PreviewParticipant } from "./preview.ts";

/** An order whose next Prepare takes a template, or whose published content came from it. */
export interface TemplateUse {
  readonly orderId: string;
  readonly eventCode: string;
  readonly subEvent: string;
  readonly stage: string;
  /** The version that is published; absent if none of this template is. */
  readonly preparedVersion?: number;
  /** Prepare would take it now. */
  readonly isNext: boolean;
}

/** A template in the bucket. `changedBy` is a name. */
export interface TemplateRow extends TemplatePlace {
  readonly name: string;
  readonly version: number;
  readonly bytes: number;
  readonly changedAt: string;
  readonly changedBy: string;
  /** Deleted: Prepare does not see it, and it can be restored. */
  readonly removed: boolean;
  readonly usedBy: readonly TemplateUse[];
}

/** Content of an order that came from Mailchimp or the folder; `from` says which. */
export interface ForeignTemplate extends TemplatePlace {
  readonly name: string;
  readonly from: string;
  readonly orderId: string;
}

/** `GET /api/templates`: those of the events the user may see. */
export interface TemplateList {
  readonly templates: readonly TemplateRow[];
  readonly elsewhere: readonly ForeignTemplate[];
}

export interface TemplateVersion {
  readonly version: number;
  readonly changedAt: string;
  /** A name. */
  readonly changedBy: string;
  readonly bytes: number;
  /** With this version it was deleted. */
  readonly removed: boolean;
}

/** `GET /api/templates/{name}`. `versions`: newest first, the present one among them. */
export interface Template extends TemplateRow {
  readonly html: string;
  readonly versions: readonly TemplateVersion[];
}

/** What another user saved meanwhile: `details` of a conflict with the reason `changed`. */
export interface OtherVersion {
  readonly version: number;
  readonly changedAt: string;
  readonly changedBy: string;
  readonly removed: boolean;
  readonly html: string;
}

/** `GET /api/templates/{name}/versions/{version}`. */
export interface VersionText {
  readonly html: string;
}

/** `POST /api/templates/upload`: the HTML of an uploaded file; nothing is saved yet but its images. */
export interface UploadedTemplate {
  readonly html: string;
  /** File in the zip → its public address, which the HTML now has. */
  readonly images: readonly { readonly file: string; readonly address: string }[];
  /** Files of the zip that the HTML does not use, or that are no images. */
  readonly leftOut: readonly string[];
}

/** `POST /api/templates/preview`: what Prepare finds in a text, links apart, and the mail of it for a person. */
export interface TemplatePreview {
  readonly findings: readonly Detail[];
  readonly moreFindings?: number;
  /** Why there is no `mail`, in a sentence. */
  readonly problem?: string;
  readonly participant?: PreviewParticipant;
  readonly mail?: PreviewMail;
  /** The order that gives subject, preview text and account; without it there are examples in their place. */
  readonly orderId?: string;
}
