/** A mail of the bounce mailbox as far as it matters here, taken apart (services/ingest/src/bounces/readMail.ts). */
export interface ReceivedMail {
  /** The header fields of the mail itself, in order: names in lower case, values unfolded and as they were written. */
  readonly headers: readonly HeaderField[];
  /** Decoded. */
  readonly subject: string;
  /** Address of the sender; "" if there is none. */
  readonly from: string;
  /** The text a person sees: its plain parts, or else its HTML as text. */
  readonly text: string;
  /** Every other part in order, those of a returned mail not among them. */
  readonly parts: readonly MailPart[];
}

export interface HeaderField {
  readonly key: string;
  readonly value: string;
}

/** A part of a mail. */
export interface MailPart {
  /** Its MIME type in lower case, as `message/delivery-status`. */
  readonly type: string;
  readonly filename: string;
  /** Decoded; "" for a type that is not read. */
  readonly text: string;
}

/** Values of a header in order. `key`: in lower case. */
export function headerValues(headers: readonly HeaderField[], key: string): string[] {
  return headers.filter((field) => field.key === key).map(({ value }) => value);
}

/** The first value of a header; "" if there is none. */
export function headerValue(headers: readonly HeaderField[], key: string): string {
  return headers.find((field) => field.key === key)?.value ?? "";
}
