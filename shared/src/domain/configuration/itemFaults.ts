export type Item = Readonly<Record<string, unknown>>;

/** Path of a field (`name`, `dkim.domain`, `attributes.0`) → one sentence that says what is wrong and what repairs it. */
export type ItemFaults = Readonly<Record<string, string>>;

/** The same while it is made. */
export type Faults = Record<string, string>;
