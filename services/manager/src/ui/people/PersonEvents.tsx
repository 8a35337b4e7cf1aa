"use client";
import { Text, Title } from "@mantine/core";
import type { Person } from "../../api/people.ts";
import { useMailingNames } from "../orders/useOptions.ts";
import table from "../shell/Table.module.css";
import styles from "./People.module.css";

/** A person's relation to each event the user may see. */
export function PersonEvents({ person: { programs } }: { readonly person: Person }) {
  const namesOf = useMailingNames();
  return (
    <section aria-labelledby="person-events" className={styles.section}>
      <Title order={2} size="h4" id="person-events">
        Events
      </Title>
      {programs.length === 0 ? (
        <Text size="sm">The record names no event.</Text>
      ) : (
        <table className={`${table.table} ${table.stacks}`} aria-labelledby="person-events">
          <thead>
            <tr>
              <th scope="col">Event</th>
              <th scope="col">What the record says</th>
            </tr>
          </thead>
          <tbody>
            {programs.map(({ event, words }) => (
              <tr key={event}>
                <th scope="row" className={styles.mailing}>
                  {event}
                  <span className={styles.note}>{namesOf({ eventCode: event, stage: "" }).event}</span>
                </th>
                <td className={styles.long}>{words.join(" · ") || "Nothing"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
