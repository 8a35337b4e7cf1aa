import { count } from "@email-agent/shared/domain/numberWords.ts";
import { skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import { Anchor, Text, Title } from "@mantine/core";
import Link from "next/link";
import type { CountedMailing, EventReport, ReportedMailing } from "../../api/reports.ts";
import table from "../shell/Table.module.css";
import styles from "./Report.module.css";
import { durationText, zonedSpan } from "./zonedText.ts";

type Column = readonly [heading: string, of: (counted: CountedMailing) => number];

const columns: readonly Column[] = [
  ["Sent", ({ sent }) => sent],
  ["Failed", ({ failed }) => failed],
  ["In doubt", ({ inDoubt }) => inDoubt],
  ["Waiting", ({ waiting }) => waiting],
  ["Bounced", ({ bouncedHard, bouncedSoft }) => bouncedHard + bouncedSoft],
  ["Of these permanently", ({ bouncedHard }) => bouncedHard],
  ["Complaints", ({ complained }) => complained],
  ["Unsubscribed", ({ unsubscribed }) => unsubscribed],
];

/** A row for each mailing and language, with its times and whom it left out, and the sums of the event. */
export function MailingSums({ report }: { readonly report: EventReport }) {
  const { mailings, counted } = report;
  const all = mailings.flatMap(({ key }) => counted?.mailings[key] ?? []);
  const planned = plannedInAll(report);
  return (
    <section aria-labelledby="report-sums">
      <Title order={2} size="h4" id="report-sums" mb={6}>
        Mailings
      </Title>
      <div className={table.scroll}>
        <table className={`${table.table} ${table.stacks} ${styles.sums}`} aria-labelledby="report-sums">
          <thead>
            <tr>
              <th scope="col">Mailing</th>
              <th scope="col" className={table.number}>
                Planned
              </th>
              {columns.map(([heading]) => (
                <th key={heading} scope="col" className={table.number}>
                  {heading}
                </th>
              ))}
              <th scope="col">First to last mail</th>
              <th scope="col">Not mailed</th>
            </tr>
          </thead>
          <tbody>
            {mailings.map((mailing) => (
              <Row key={mailing.key} mailing={mailing} counted={counted?.mailings[mailing.key]} report={report} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">All mailings</th>
              <td className={table.number} data-label="Planned">
                {planned === undefined ? "–" : count(planned)}
              </td>
              {columns.map(([heading, of]) => (
                <td key={heading} className={table.number} data-label={heading}>
                  {counted ? count(all.reduce((sum, one) => sum + of(one), 0)) : "–"}
                </td>
              ))}
              <td />
              <td />
            </tr>
          </tfoot>
        </table>
      </div>
      <Text size="xs" c="dimmed" mt={6}>
        Planned and not mailed are those of the last Send; they are not known of earlier mailings of an order. Mails are
        counted, not people: who reads two languages of a mailing gets two.
      </Text>
    </section>
  );
}

/** Undefined if a mailing was sent of which no plan is known: a sum without it would be smaller than that of the mails. */
function plannedInAll({ mailings, counted }: EventReport): number | undefined {
  const wasSent = (key: string) => counted?.mailings[key]?.firstAt !== undefined;
  if (mailings.some(({ key, planned }) => planned === undefined && wasSent(key))) return undefined;
  return mailings.reduce((sum, { planned = 0 }) => sum + planned, 0);
}

function Row({
  mailing,
  counted,
  report: { timeZone },
}: {
  readonly mailing: ReportedMailing;
  readonly counted: CountedMailing | undefined;
  readonly report: EventReport;
}) {
  const { orderId, subEvent, stage, revision, language, archived, planned, skipped } = mailing;
  const left = Object.entries(skipped).sort(([, one], [, other]) => other - one);
  return (
    <tr>
      <th scope="row" className={table.words}>
        <Anchor component={Link} href={`/work-orders/${orderId}`} prefetch={false} inherit>
          {subEvent} · {stage}
          {revision === undefined ? "" : ` · revision ${revision}`} · {language}
        </Anchor>
        {archived && <span className={styles.note}>Archived</span>}
      </th>
      <td className={table.number} data-label="Planned">
        {planned === undefined ? "–" : count(planned)}
      </td>
      {columns.map(([heading, of]) => (
        <td key={heading} className={table.number} data-label={heading}>
          {counted ? count(of(counted)) : "–"}
        </td>
      ))}
      <td data-label="First to last mail">
        {counted?.firstAt && counted.lastAt ? (
          <>
            {zonedSpan(counted.firstAt, counted.lastAt, timeZone)}
            <span className={styles.note}>{durationText(counted.firstAt, counted.lastAt)}</span>
          </>
        ) : (
          "–"
        )}
      </td>
      <td data-label="Not mailed" className={table.words}>
        {left.length === 0
          ? "–"
          : left.map(([reason, people]) => (
              <span key={reason} className={styles.reason}>
                {count(people)}: {skipReasonWords(reason)}
              </span>
            ))}
      </td>
    </tr>
  );
}
