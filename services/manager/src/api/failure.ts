// Over HTTP: what comes with every status from 400 on.

/** `{error: Failure}` comes with every status from 400 on. */
export interface Failure {
  /** A code of the error catalogue, or `unexpected`. */
  readonly code: string;
  /** One sentence: what is wrong and what repairs it. */
  readonly message: string;
  /** Field name → sentence. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly details?: Readonly<Record<string, unknown>>;
}
