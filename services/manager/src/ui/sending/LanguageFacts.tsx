import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import { Anchor } from "@mantine/core";
import type { GoNoGo } from "../../api/sending.ts";
import { listAddress } from "../recipients/listAddress.ts";
import { peopleBehind } from "../recipients/peopleBehind.ts";
import { Moment } from "../shell/Moment.tsx";
import styles from "./SendDialog.module.css";

/** Each language: how many recipients, the subject and the content. */
export function LanguageFacts({
  facts: { at, languages, dryRun, countedBy },
  orderId,
}: {
  readonly facts: GoNoGo;
  readonly orderId: string;
}) {
  return (
    <section aria-labelledby="go-languages">
      <h3 className={styles.heading} id="go-languages">
        Languages
      </h3>
      <div className={styles.cards}>
        {languages.map((language) => (
          <div key={language.code} className={styles.card}>
            <div className={styles.cardHead}>
              <b>
                {language.code} <span className={styles.dimmed}>{language.name}</span>
              </b>
              <b>{language.recipients === undefined ? "?" : count(language.recipients)}</b>
            </div>
            <div className={styles.subject}>{language.subject || "No subject"}</div>
            <div className={styles.dimmed}>
              {language.alreadyReceived > 0 && (
                <>
                  <Anchor
                    href={`/work-orders/${orderId}${listAddress("", peopleBehind(language.code, "already-received"))}`}
                    target="_blank"
                    inherit
                  >
                    {count(language.alreadyReceived)} already have it
                  </Anchor>{" "}
                  ·{" "}
                </>
              )}
              {language.content && language.preparedAt ? (
                <>
                  content <code>{language.content}</code>, prepared <Moment at={language.preparedAt} />
                </>
              ) : (
                "no content yet"
              )}
            </div>
          </div>
        ))}
      </div>
      <p className={styles.source}>
        {countedBy === "now" && (
          <>
            Counted <Moment at={at} />.{" "}
          </>
        )}
        {countedBy === "Dry-Run" && "Numbers from the last Dry-Run. "}
        {dryRun.at && countedBy !== "Count" && (
          <>
            The Dry-Run of <Moment at={dryRun.at} />
            {dryRun.recipients !== undefined && ` rendered ${counted(dryRun.recipients, "mail", "mails")}`}
            {dryRun.errors > 0 ? `; ${count(dryRun.errors)} could not be rendered.` : ", without errors."}
          </>
        )}
        {countedBy === "Count" && "Numbers from the last Count; Dry-Run has not run."}
      </p>
    </section>
  );
}
