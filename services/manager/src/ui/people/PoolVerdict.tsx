"use client";
import { poolAttributeWords } from "@email-agent/shared/domain/recipients/poolTypeWords.ts";
import type { ShownPool } from "../../api/people.ts";
import styles from "./People.module.css";

/** What each attribute of a pool says of one person, with the pools it asks. */
export function PoolVerdict({ pool }: { readonly pool: ShownPool }) {
  return (
    <ul className={styles.attributes}>
      {pool.problem !== undefined && <li>{pool.problem}</li>}
      {pool.problem === undefined && pool.attributes.length === 0 && (
        <li>It has no attribute, so it accepts no one.</li>
      )}
      {pool.attributes.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: attributes are named by their place
        <li key={index}>
          {one.hidden ? (
            "An attribute about an event you have no access to"
          ) : (
            <>
              <Verdict accepts={one.accepts} /> {poolAttributeWords(one.attribute)}
              {one.problem !== undefined && one.problem !== pool.problem && <span> ({one.problem})</span>}
            </>
          )}
          {one.pools.map((other) => (
            <div key={other.pool} className={styles.attributes}>
              <Verdict accepts={other.accepts} /> {other.pool} {other.accepts ? "accepts" : "refuses"}
              <PoolVerdict pool={other} />
            </div>
          ))}
        </li>
      ))}
    </ul>
  );
}

/** Yes or no, as a sign. */
export function Verdict({ accepts }: { readonly accepts: boolean }) {
  return (
    <span className={styles.verdict} data-accepts={accepts} role="img" aria-label={accepts ? "Yes" : "No"}>
      {accepts ? "✓" : "✕"}
    </span>
  );
}
