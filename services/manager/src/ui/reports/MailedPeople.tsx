import { count } from "@email-agent/shared/domain/numberWords.ts";
import { Anchor, Text, Title } from "@mantine/core";
import Link from "next/link";
import type { EventReport } from "../../api/reports.ts";
import { personAddress } from "../people/personAddress.ts";
import table from "../shell/Table.module.css";
import { useViewer } from "../shell/useShellFacts.ts";
import styles from "./Report.module.css";

type People = NonNullable<EventReport["counted"]>["people"];

/** Who was mailed how often: how many people got how many mails, and who got most. */
export function MailedPeople({ people: { none, byMails, most } }: { readonly people: People }) {
  const { people: mayOpen } = useViewer();
  const rows = Object.entries(byMails).map(([mails, people]) => ({ mails: Number(mails), people }));
  const all = [...(none === undefined ? [] : [{ mails: 0, people: none }]), ...rows];
  const largest = Math.max(1, ...all.map(({ people }) => people));
  return (
    <section aria-labelledby="report-people">
      <Title order={2} size="h4" id="report-people" mb={6}>
        Who was mailed how often
      </Title>
      <table className={`${table.table} ${styles.often}`} aria-label="People by number of mails">
        <thead>
          <tr>
            <th scope="col" className={table.number}>
              Mails
            </th>
            <th scope="col" className={table.number}>
              People
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {all.map(({ mails, people }) => (
            <tr key={mails}>
              <th scope="row" className={table.number}>
                {count(mails)}
              </th>
              <td className={table.number}>{count(people)}</td>
              <td className={styles.bar} aria-hidden="true">
                <span style={{ width: `${(100 * people) / largest}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Text size="xs" c="dimmed" mt={6}>
        {none === undefined
          ? "How many people got no mail is not known: the event has no pool that can be asked."
          : "0 mails: people whom the pool of the event accepts now and who got none of its mails."}
      </Text>
      {most.length > 0 && (
        <>
          <Title order={3} size="sm" mt="md" mb={4} id="report-most">
            Who got most mails
          </Title>
          <table className={`${table.table} ${table.stacks}`} aria-labelledby="report-most">
            <thead>
              <tr>
                <th scope="col">Person</th>
                <th scope="col" className={table.number}>
                  Mails
                </th>
              </tr>
            </thead>
            <tbody>
              {most.map(({ id, name, mails }) => (
                <tr key={id}>
                  <th scope="row" className={table.words}>
                    {mayOpen ? (
                      <Anchor component={Link} href={personAddress(id)} prefetch={false} inherit>
                        {name || id}
                      </Anchor>
                    ) : (
                      name || id
                    )}
                  </th>
                  <td className={table.number} data-label="Mails">
                    {count(mails)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}
