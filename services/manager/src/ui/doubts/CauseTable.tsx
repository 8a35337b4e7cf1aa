import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import { Button, Stack, Text, Title } from "@mantine/core";
import { useId } from "react";
import type { MailCauses } from "../../api/doubts.ts";
import { Moment } from "../shell/Moment.tsx";
import table from "../shell/Table.module.css";

type MailCause = MailCauses["causes"][number];

/** What can be done with all mails of a cause. While `busy` its buttons do nothing. */
interface CauseAction {
  readonly words: string;
  readonly busy?: boolean;
  readonly onChoose: (chosen: Pick<MailCause, "cause" | "mails">) => void;
}

/** Causes with their numbers, most mails first, each with the button of `action`. `noReply`: what is said of mails without a reply. */
export function CauseTable({
  title,
  causes,
  noReply,
  action,
}: {
  readonly title: string;
  readonly causes: MailCauses;
  readonly noReply: string;
  readonly action: CauseAction | undefined;
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
                <td>
                  <CauseButton action={action} chosen={one} />
                </td>
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

function CauseButton({
  action: { words, busy = false, onChoose },
  chosen: { cause, mails },
}: {
  readonly action: CauseAction;
  readonly chosen: MailCause;
}) {
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-disabled={busy}
      onClick={() => !busy && onChoose({ cause, mails })}
      aria-label={`${words} ${counted(mails, "mail of this cause", "mails of this cause")}`}
    >
      {words}
    </Button>
  );
}
