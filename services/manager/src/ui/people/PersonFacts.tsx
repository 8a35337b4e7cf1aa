import type { Person } from "../../api/people.ts";
import styles from "./People.module.css";

/** What the record says of a person. */
export function PersonFacts({ person: { id, language, country, interests } }: { readonly person: Person }) {
  return (
    <dl className={styles.facts}>
      <dt>Participant id</dt>
      <dd>{id}</dd>
      <dt>Language</dt>
      <dd>{language ?? "Not known"}</dd>
      <dt>Country</dt>
      <dd>{country ?? "Not known"}</dd>
      {interests.length > 0 && (
        <>
          <dt>Interests</dt>
          <dd>{interests.join(", ")}</dd>
        </>
      )}
    </dl>
  );
}
