"use client";
import { Anchor } from "@mantine/core";
import Link from "next/link";
import type { PersonMailing } from "../../api/people.ts";
import { useMailingNames, useUserName } from "../orders/useOptions.ts";
import { ReturnedNotes, ReturnedSigns } from "../recipients/ReturnedNotes.tsx";
import { Moment } from "../shell/Moment.tsx";
import { Sign } from "../shell/Sign.tsx";
import table from "../shell/Table.module.css";
import { mailingLooks, mailingSentences } from "./mailingWords.ts";
import styles from "./People.module.css";

/** Mailings of one person, each with a link to its work order. */
export function MailingTable({
  mailings,
  labelledBy,
}: {
  readonly mailings: readonly PersonMailing[];
  readonly labelledBy: string;
}) {
  return (
    <div className={table.scroll}>
      <table className={`${table.table} ${table.stacks}`} aria-labelledby={labelledBy}>
        <thead>
          <tr>
            <th scope="col">Mailing</th>
            <th scope="col">Language</th>
            <th scope="col">Outcome</th>
            <th scope="col">Time</th>
            <th scope="col">Response or reason</th>
          </tr>
        </thead>
        <tbody>
          {mailings.map((mailing) => (
            <Row key={keyOf(mailing)} mailing={mailing} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ mailing }: { readonly mailing: PersonMailing }) {
  const namesOf = useMailingNames();
  const nameOf = useUserName();
  const { orderId, language, status, at, response, messageId, nextAttemptAt, resolvedBy, resolvedAt } = mailing;
  const { event } = namesOf(mailing);
  return (
    <tr>
      <th scope="row" className={styles.mailing}>
        <Anchor component={Link} href={`/work-orders/${orderId}`} prefetch={false} inherit>
          {mailingName(mailing)}
        </Anchor>
        <span className={styles.note}>
          {[event, !mailing.isCurrent && "earlier mailing", mailing.isArchived && "archived"]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </th>
      <td>{language}</td>
      <td>
        <Sign look={mailingLooks[status]} />
        <ReturnedSigns returned={mailing.returned} />
      </td>
      <td className={styles.time}>{at && <Moment at={at} />}</td>
      <td className={styles.why}>
        {resolvedBy !== undefined && resolvedAt !== undefined && (
          <div>
            Resolved by {nameOf(resolvedBy)}, <Moment at={resolvedAt} />
          </div>
        )}
        {response}
        <ReturnedNotes returned={mailing.returned} />
        {mailingSentences(mailing).map((sentence) => (
          <div key={sentence}>{sentence}</div>
        ))}
        {status === "deferred" && nextAttemptAt && (
          <div>
            Next attempt <Moment at={nextAttemptAt} />
          </div>
        )}
        {messageId !== undefined && <span className={styles.note}>Message-ID {messageId}</span>}
      </td>
    </tr>
  );
}

function mailingName({ eventCode, subEvent, stage, revision }: PersonMailing): string {
  return [eventCode, subEvent, stage, ...(revision === undefined ? [] : [`revision ${revision}`])].join(" · ");
}

function keyOf({ orderId, eventCode, subEvent, stage, revision, language }: PersonMailing): string {
  return [orderId, eventCode, subEvent, stage, revision ?? "", language].join(" ");
}
