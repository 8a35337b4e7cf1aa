import { tidied } from "../template/escaping.ts";

/** First and last name with one blank between them; `""` without any. */
export function personName(person: {
  readonly first?: string | null | undefined;
  readonly last?: string | null | undefined;
}): string {
  return tidied(`${person.first ?? ""} ${person.last ?? ""}`);
}
