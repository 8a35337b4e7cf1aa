import { Text } from "@mantine/core";
import type { PreviewMail } from "../../api/preview.ts";
import styles from "./Preview.module.css";

/** The mail as a line in somebody's inbox: sender, subject, and what mail programs show behind it. */
export function InboxLine({ mail }: { readonly mail: PreviewMail }) {
  return (
    <section aria-label="In the inbox" className={styles.inbox}>
      <Text component="span" size="sm" fw={600} className={styles.inboxFrom}>
        {mail.from.replace(/ <.*>$/, "")}
      </Text>
      <p className={styles.inboxSubject}>
        <strong>{mail.subject || "(no subject)"}</strong>
        <span className={styles.inboxPreview}>{mail.previewLine && ` – ${mail.previewLine}`}</span>
      </p>
      <dl className={styles.inboxPeople}>
        <dt>From</dt>
        <dd>{mail.from}</dd>
        <dt>To</dt>
        <dd>{mail.to}</dd>
        <dt>Replies to</dt>
        <dd>{mail.replyTo}</dd>
      </dl>
    </section>
  );
}
