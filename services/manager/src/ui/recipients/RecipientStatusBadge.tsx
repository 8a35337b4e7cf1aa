import type { RecipientStatus } from "../../api/recipients.ts";
import styles from "./Recipients.module.css";
import { statusLooks } from "./recipientWords.ts";

/** What became of a mail, as sign and word: colour never speaks alone. */
export function RecipientStatusBadge({ status }: { readonly status: RecipientStatus }) {
  const { word, sign, tone } = statusLooks[status];
  return (
    <span className={styles.badge} data-tone={tone}>
      <span aria-hidden="true">{sign}</span>
      {word}
    </span>
  );
}
