import type { GoNoGo } from "../../api/sending.ts";
import { SkipReasonTable } from "../recipients/SkipReasonTable.tsx";
import styles from "./SendDialog.module.css";

/** Who the mailing leaves out, by skip reason and language. People who have it already are shown with their language. */
export function LeftOut({
  facts: { languages, countedBy },
  orderId,
}: {
  readonly facts: GoNoGo;
  readonly orderId: string;
}) {
  if (countedBy === undefined) return undefined;
  const counted = languages.map(({ code, excluded }) => ({
    code,
    reasons: Object.fromEntries(excluded.map(({ reason, people }) => [reason, people])),
  }));
  const isEmpty = counted.every(({ reasons }) => Object.keys(reasons).length === 0);
  return (
    <section aria-labelledby="go-left-out">
      <h3 className={styles.heading} id="go-left-out">
        Left out
      </h3>
      {isEmpty ? (
        <p className={styles.plain}>No one.</p>
      ) : (
        <SkipReasonTable languages={counted} labelledBy="go-left-out" newTabOf={orderId} />
      )}
    </section>
  );
}
