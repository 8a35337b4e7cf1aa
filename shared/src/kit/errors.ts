/**
 * One error type for everything that is not an expected outcome. Consumers look at `disposition` only; the text is for
 * people and is never matched.
 *
 * - `retry`: a transient error (network, throttling, a dependency away). The same work may succeed later.
 * - `reject`: the input or the configuration is wrong; repeating it changes nothing until a person repairs it.
 * - `interrupted`: the work was stopped (stop command, lost lease, shutdown). Not a failure.
 */
export type Disposition = "retry" | "reject" | "interrupted";

/** The catalogue: code → disposition. */
export const errorCodes = {
  stopped: "interrupted",
  "lease-lost": "interrupted",
  "shutting-down": "interrupted",
  configuration: "reject",
  content: "reject",
  "bad-item": "reject",
  "not-found": "reject",
  conflict: "reject",
  "invalid-input": "reject",
  "too-large": "reject",
  "unsupported-media-type": "reject",
  "signed-out": "reject",
  forbidden: "reject",
  busy: "retry",
  "too-many-requests": "retry",
  "sender-refused": "reject",
  "too-many-failures": "reject",
  unaccounted: "reject",
  authentication: "reject",
  "account-unreachable": "retry",
  dependency: "retry",
  mailchimp: "reject",
  "mailchimp-unavailable": "retry",
  storage: "retry",
} as const satisfies Record<string, Disposition>;
export type ErrorCode = keyof typeof errorCodes;

/** The same in every copy of this module. */
const mark = Symbol.for("email-agent AppError");

/**
 * `instanceof` knows errors of every copy of this module: Next.js bundles pages and API routes apart, each with its own,
 * and they share the clients that the first of them opened.
 */
export class AppError extends Error {
  static override [Symbol.hasInstance](thrown: unknown): thrown is AppError {
    return typeof thrown === "object" && thrown !== null && mark in thrown;
  }

  readonly code: ErrorCode;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.details = options.details ?? {};
  }

  get [mark](): true {
    return true;
  }

  get disposition(): Disposition {
    return errorCodes[this.code];
  }
}

/** The disposition of anything thrown; undefined for an unexpected throw (a bug, or an untranslated error). */
export function dispositionOf(thrown: unknown): Disposition | undefined {
  return thrown instanceof AppError ? thrown.disposition : undefined;
}
