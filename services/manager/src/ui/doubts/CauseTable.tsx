import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import { Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import type { MailCauses } from "../../api/doubts.ts";
import { Moment } from "../shell/Moment.tsx";
import table from "../shell/Table.module.css";

type MailCause = MailCauses["causes"][number];

/** Causes with their numbers, most mails first. `noReply`: what is said of mails without a reply. */
export function CauseTable({
  title,
  causes,
  noReply,
  action,
}: {
  readonly title: string;
  readonly causes: MailCauses;
  readonly noReply: string;
  /** The button of a cause; `words`: its mails, for the accessible name. */
  readonly action: ((cause: MailCause["cause"], words: string, mails: number) => ReactNode) | undefined;
}) {
  const titleId = useId();
  return (
    <Stack gap={4} component="section" aria-labelledby={titleId}>
      <Title order={3} size="sm" id={titleId}>
        {title}
      </Title>
      <table className={`${table.table} ${table.stacks}`} aria-labelledby={titleId}>
        <thead>
          <tr>
            <th scope="col" className={table.number}>
              Mails
            </th>
            <th scope="col">Cause</th>
            <th scope="col">Between</th>
            <th scope="col">Languages</th>
            {action && <th scope="col">Action</th>}
          </tr>
        </thead>
        <tbody>
          {causes.causes.map((one) => (
            <tr key={JSON.stringify(one.cause)}>
              <td className={table.number} data-label="Mails">
                {count(one.mails)}
              </td>
              <th scope="row" className={table.words}>
                {one.reply ?? noReply}
              </th>
              <td data-label="Between">
                <Moment at={one.firstAt} />
                {one.lastAt !== one.firstAt && (
                  <>
                    {" – "}
                    <Moment at={one.lastAt} />
                  </>
                )}
              </td>
              <td data-label="Languages">
                {Object.entries(one.languages)
                  .map(([language, mails]) => `${language} ${count(mails)}`)
                  .join(", ")}
              </td>
              {action && (
                <td>{action(one.cause, counted(one.mails, "mail of this cause", "mails of this cause"), one.mails)}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {causes.others > 0 && (
        <Text size="xs" c="dimmed">
          {counted(causes.others, "mail has another cause", "mails have other causes")}.
        </Text>
      )}
    </Stack>
  );
}
