/** The private bucket with prepared content. Objects are never overwritten. */
export interface Documents {
  /** Puts unless the key exists; true if this call put it. Throws `signal.reason` when aborted. */
  putNew(key: string, body: string, contentType: string, signal?: AbortSignal): Promise<boolean>;
  /** The text of an object; AppError `not-found` naming the key. */
  getText(key: string, signal?: AbortSignal): Promise<string>;
  /** HTTPS URL of an object as stored in `embeddedEmails`. */
  url(key: string): string;
}
