import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import { Text, Title } from "@mantine/core";
import type { EventReport } from "../../api/reports.ts";
import table from "../shell/Table.module.css";

/** Why mails failed, in the words of the mail servers, mailing by mailing; nothing if none failed. */
export function FailedReplies({ report: { mailings, counted: numbers } }: { readonly report: EventReport }) {
  const rows = mailings.flatMap(({ key, subEvent, stage, language }) =>
    (numbers?.mailings[key]?.replies ?? []).map((one) => ({
      ...one,
      key,
      name: `${subEvent} · ${stage} · ${language}`,
    })),
  );
  const others = mailings.reduce((sum, { key }) => sum + (numbers?.mailings[key]?.otherReplies ?? 0), 0);
  if (rows.length === 0) return undefined;
  return (
    <section aria-labelledby="report-replies">
      <Title order={2} size="h4" id="report-replies" mb={6}>
        Why mails failed
      </Title>
      <table className={`${table.table} ${table.stacks}`} aria-labelledby="report-replies">
        <thead>
          <tr>
            <th scope="col">Mailing</th>
            <th scope="col" className={table.number}>
              Mails
            </th>
            <th scope="col">Reply</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, reply, mails }) => (
            <tr key={`${key} ${reply}`}>
              <th scope="row">{name}</th>
              <td className={table.number} data-label="Mails">
                {count(mails)}
              </td>
              <td className={table.words}>{reply}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {others > 0 && (
        <Text size="xs" c="dimmed">
          {counted(others, "mail", "mails")} failed with other replies.
        </Text>
      )}
    </section>
  );
}
