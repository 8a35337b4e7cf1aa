import { count } from "@email-agent/shared/domain/numberWords.ts";
import { skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import type { GoNoGo, GoNoGoLanguage } from "../../api/sending.ts";
import styles from "./SendDialog.module.css";

/** Whom the mailing leaves out, by reason and language. Those who have it already stand with their language. */
export function LeftOut({
  languages,
  countedBy,
}: {
  readonly languages: readonly GoNoGoLanguage[];
  readonly countedBy: GoNoGo["countedBy"];
}) {
  if (countedBy === undefined) return undefined;
  const people = ({ excluded }: GoNoGoLanguage, reason: string) =>
    excluded.find((one) => one.reason === reason)?.people ?? 0;
  const sum = (reason: string) => languages.reduce((all, language) => all + people(language, reason), 0);
  const reasons = [...new Set(languages.flatMap(({ excluded }) => excluded.map(({ reason }) => reason)))].sort(
    (one, other) => sum(other) - sum(one),
  );
  return (
    <section aria-labelledby="go-left-out">
      <h3 className={styles.heading} id="go-left-out">
        Left out
      </h3>
      {reasons.length === 0 ? (
        <p className={styles.plain}>Nobody.</p>
      ) : (
        <table className={styles.table} aria-labelledby="go-left-out">
          <thead>
            <tr>
              <th scope="col">Reason</th>
              {languages.map(({ code }) => (
                <th key={code} scope="col" className={styles.figure}>
                  {code}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {reasons.map((reason) => (
              <tr key={reason}>
                <th scope="row">{skipReasonWords(reason)}</th>
                {languages.map((language) => (
                  <td key={language.code} className={styles.figure}>
                    {count(people(language, reason))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
