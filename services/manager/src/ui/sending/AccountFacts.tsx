import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import type { GoNoGo } from "../../api/sending.ts";
import { Moment } from "../shell/Moment.tsx";
import { speedWords } from "./progressWords.ts";
import styles from "./SendDialog.module.css";

/** The account: its addresses, its rate limit, and how much of its quota this Send takes. */
export function AccountFacts({ facts: { account, forecast, recipients = 0 } }: { readonly facts: GoNoGo }) {
  if (!account) return undefined;
  const { name, fromName, fromAddress, replyTo, ratePerSecond, maxConnections, quotaPer24h, used, remaining, warmUp } =
    account;
  const taken = Math.min(recipients, remaining);
  const text = `${count(used)} of ${count(quotaPer24h)} used in the last 24 hours; this Send takes ${count(taken)} more now and leaves ${count(remaining - taken)} free`;
  const share = (mails: number) => `${quotaPer24h > 0 ? Math.min(100, (mails / quotaPer24h) * 100) : 0}%`;
  return (
    <section aria-labelledby="go-account">
      <h3 className={styles.heading} id="go-account">
        Account {name}
      </h3>
      <p className={styles.plain}>
        From {[fromName, fromAddress ? `<${fromAddress}>` : "with the default address"].filter(Boolean).join(" ")}
        {replyTo && `, replies go to ${replyTo}`}. At most {speedWords(ratePerSecond)} over{" "}
        {counted(maxConnections, "connection", "connections")}.
      </p>
      <div className={styles.quota} role="img" aria-label={`Quota: ${text}`}>
        <span className={styles.quotaUsed} style={{ width: share(used) }} />
        <span className={styles.quotaTaken} style={{ width: share(taken) }} />
      </div>
      <p className={styles.source} aria-hidden="true">
        <span className={styles.swatch} data-part="used" /> {count(used)} used in 24 hours{" "}
        <span className={styles.swatch} data-part="taken" /> {count(taken)} for this Send now{" "}
        <span className={styles.swatch} data-part="free" /> {count(remaining - taken)} free of {count(quotaPer24h)}
      </p>
      {warmUp && (
        <p className={styles.plain}>
          The account warms up: today is day {warmUp.day} of {warmUp.of}, with {count(quotaPer24h)} mails.
        </p>
      )}
      {forecast && forecast.sleepCount > 0 && (
        <ul className={styles.list} aria-label="Pauses">
          {forecast.sleeps.map(({ from, until, mailed }) => (
            <li key={from}>
              Pauses after {count(mailed)} mails: <Moment at={from} /> until <Moment at={until} />
            </li>
          ))}
          {forecast.sleepCount > forecast.sleeps.length && (
            <li>and {counted(forecast.sleepCount - forecast.sleeps.length, "more pause", "more pauses")}</li>
          )}
        </ul>
      )}
    </section>
  );
}
