import { count } from "@email-agent/shared/domain/numberWords.ts";
import { Stack, Text } from "@mantine/core";
import { Fragment } from "react";
import type { Order } from "../../api/orders.ts";
import type { GoNoGo, GoNoGoWarning } from "../../api/sending.ts";
import { duration } from "../order/stepWords.ts";
import { Moment } from "../shell/Moment.tsx";
import { AccountFacts } from "./AccountFacts.tsx";
import { LanguageFacts } from "./LanguageFacts.tsx";
import { LeftOut } from "./LeftOut.tsx";
import styles from "./SendDialog.module.css";
import { TestFacts } from "./TestFacts.tsx";

/** The facts of the go/no-go, the most serious first. */
export function GoNoGoFacts({ facts, order }: { readonly facts: GoNoGo; readonly order: Order }) {
  const grave = facts.warnings.filter(({ severity }) => severity !== "note");
  const notes = facts.warnings.filter(({ severity }) => severity === "note");
  return (
    <Stack gap="lg">
      <Warnings warnings={grave} label="Check first" />
      <Reach facts={facts} order={order} />
      <LanguageFacts facts={facts} orderId={order.id} />
      <LeftOut facts={facts} orderId={order.id} />
      <TestFacts facts={facts} />
      <Changes changes={facts.changes} />
      <AccountFacts facts={facts} />
      <Warnings warnings={notes} label="Good to know" />
    </Stack>
  );
}

const words: Readonly<Record<GoNoGoWarning["severity"], string>> = {
  stop: "Cannot send",
  warning: "Warning",
  note: "Note",
};
const signs: Readonly<Record<GoNoGoWarning["severity"], string>> = { stop: "✕", warning: "!", note: "i" };

function Warnings({ warnings, label }: { readonly warnings: readonly GoNoGoWarning[]; readonly label: string }) {
  if (warnings.length === 0) return undefined;
  return (
    <ul className={styles.warnings} aria-label={label}>
      {warnings.map((warning) => (
        <li key={JSON.stringify(warning.words)} className={styles.warning} data-severity={warning.severity}>
          <span className={styles.sign} aria-hidden="true">
            {signs[warning.severity]}
          </span>
          <span>
            <b>{words[warning.severity]}: </b>
            <WarningText warning={warning} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Words and times, in the viewer's time zone. */
function WarningText({ warning }: { readonly warning: GoNoGoWarning }) {
  return warning.words.map((word) =>
    typeof word === "string" ? <Fragment key={word}>{word}</Fragment> : <Moment key={word.at} at={word.at} />,
  );
}

/** How many mails will be sent, in large digits, and until when. */
function Reach({ facts, order }: { readonly facts: GoNoGo; readonly order: Order }) {
  const { recipients, languages, forecast, continuous } = facts;
  if (recipients === undefined) return undefined;
  const noun = languages.length === 1 ? (recipients === 1 ? "person" : "people") : recipients === 1 ? "mail" : "mails";
  const verb = languages.length === 1 ? "will get this mail" : "will be sent";
  const parts = languages.map((language) => `${language.code} ${count(language.recipients ?? 0)}`).join(", ");
  return (
    <div>
      <p className={styles.reach}>
        <span className={styles.big}>{count(recipients)}</span>{" "}
        <span>
          {noun} {verb}: {parts}
        </span>
      </p>
      {recipients > 0 && forecast?.finishAt && (
        <Text size="sm">
          The last one is sent at about <Moment at={forecast.finishAt} />
          {forecast.seconds !== undefined && `, ${duration(Math.max(1, forecast.seconds))} after the start`}.
        </Text>
      )}
      {continuous && (
        <Text size="sm">
          Send then looks for new recipients every {duration(continuous.intervalSeconds)}
          {continuous.until ? (
            <>
              {" "}
              until <Moment at={continuous.until} style="long" />
            </>
          ) : (
            ""
          )}
          .
        </Text>
      )}
      {!continuous && order.sendUntil && (
        <Text size="sm">
          Sending ends at <Moment at={order.sendUntil} style="long" />; no mail is started after it.
        </Text>
      )}
    </div>
  );
}

function Changes({ changes }: { readonly changes: GoNoGo["changes"] }) {
  return (
    <section aria-labelledby="go-changes">
      <h3 className={styles.heading} id="go-changes">
        Changes since the Dry-Run and the Test
      </h3>
      {changes.length === 0 ? (
        <Text size="sm">None.</Text>
      ) : (
        <ul className={styles.list}>
          {changes.map(({ at, by, what, after }) => (
            <li key={`${at}${what}`}>
              {what}
              {by && ` by ${by}`}, <Moment at={at} />{" "}
              <span className={styles.dimmed}>(after the {after.join(" and the ")})</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
