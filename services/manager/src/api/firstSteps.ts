// Over HTTP: what an organisation needs before its first mailing.

export const firstStepsAddress = "/api/first-steps";

/** One thing that is needed; `address`: the page where it is entered. */
export interface FirstStep {
  readonly id: string;
  readonly title: string;
  /** What it is for, and what to enter. */
  readonly hint: string;
  readonly address: string;
  readonly isDone: boolean;
  /** How it is done, where that is not seen on its page. */
  readonly note?: string;
}

/** `GET /api/first-steps`, and the response of `POST`, which adds what is proposed. */
export interface FirstSteps {
  /** In the order in which they are done; empty once a mailing was sent. */
  readonly steps: readonly FirstStep[];
  /** What `POST` would add, in words: `the language English`; empty if there is something of each. */
  readonly proposals: readonly string[];
}
