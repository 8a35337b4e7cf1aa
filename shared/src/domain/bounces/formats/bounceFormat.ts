/**
 * One form of report that is no RFC 3464: how it is recognised, and where it names people and reasons. Every condition given
 * must hold. Texts are lines of the visible text, without blanks at their ends.
 */
export interface BounceFormat {
  readonly id: string;
  /** Who writes it, for people. */
  readonly title: string;
  readonly from?: RegExp;
  readonly subject?: RegExp;
  /** Name in lower case. */
  readonly header?: readonly [name: string, value: RegExp];
  readonly text?: RegExp;
  /** The line behind which people are named. Default: the first line. */
  readonly start?: RegExp;
  /** The line at which the copy of the mail begins, or what else is not to be read. */
  readonly end?: RegExp;
  /** A line that names a person, in the groups `address` and perhaps `words`. Default: it begins with an address. */
  readonly recipient?: RegExp;
  /** A header that names the people, where the text may not. */
  readonly recipientsIn?: string;
  /** The reason, in its first group, where it is not beside or below the address. */
  readonly words?: RegExp;
  /** Blank lines belong to the reason. Default: it ends at the first. */
  readonly isLong?: boolean;
  /** Found in subject or text, it makes the report a warning: the server goes on trying. */
  readonly delayed?: RegExp;
}
