import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import type { GoNoGo, GoNoGoTester } from "../../api/sending.ts";
import { Moment } from "../shell/Moment.tsx";
import { statusWord } from "../shell/statusLooks.ts";
import table from "../shell/Table.module.css";
import styles from "./SendDialog.module.css";

const mailWords: Readonly<Record<Delivery["status"], string>> = {
  sent: "✓ sent",
  failed: "✕ failed",
  "in-doubt": "? in doubt",
  sending: "… sending",
  deferred: "… waiting",
};

/** The mails of the last Test, by tester and language. */
export function TestFacts({ facts: { test, languages } }: { readonly facts: GoNoGo }) {
  return (
    <section aria-labelledby="go-test">
      <h3 className={styles.heading} id="go-test">
        Test: {statusWord(test.status).toLowerCase()}
        {test.at && (
          <span className={styles.dimmed}>
            {" "}
            <Moment at={test.at} />
          </span>
        )}
      </h3>
      {test.testers.length === 0 ? (
        <p className={styles.plain}>This work order has no testers.</p>
      ) : (
        <table className={`${table.table} ${languages.length > 3 ? table.stacks : ""}`} aria-labelledby="go-test">
          <thead>
            <tr>
              <th scope="col">Tester</th>
              {languages.map(({ code }) => (
                <th key={code} scope="col">
                  {code}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {test.testers.map((tester) => (
              <tr key={tester.id}>
                <th scope="row">
                  <bdi>{tester.name}</bdi>
                </th>
                {languages.map(({ code }) => (
                  <td key={code} data-label={code}>
                    <Mail mail={tester.mails[code]} />
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

function Mail({ mail }: { readonly mail: GoNoGoTester["mails"][string] | undefined }) {
  const status = mail?.status ?? "none";
  return (
    <span className={styles.mail} data-status={status}>
      {mail ? mailWords[mail.status] : "– no mail"}
      {mail?.outdated && " (different content)"}
    </span>
  );
}
