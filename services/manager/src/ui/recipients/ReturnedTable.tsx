import { count } from "@email-agent/shared/domain/numberWords.ts";
import { UnstyledButton } from "@mantine/core";
import type { Order } from "../../api/orders.ts";
import { returnedStatuses } from "../../api/recipients.ts";
import { recipientLooks } from "../shell/statusLooks.ts";
import table from "../shell/Table.module.css";
import { openList } from "./listAddress.ts";
import styles from "./ReconciliationTable.module.css";
import { useReturned } from "./useReturned.ts";

/** Of the sent mails, those that came back, per language; each number opens its list. Nothing if none did. */
export function ReturnedTable({ order, mailing }: { readonly order: Order; readonly mailing: string | undefined }) {
  const languages = useReturned(order, mailing);
  if (!languages?.some((one) => returnedStatuses.some((status) => one[status] > 0))) return undefined;
  return (
    <table className={`${table.table} ${table.stacks}`}>
      <caption>Of the sent mails came back</caption>
      <thead>
        <tr>
          <th scope="col">Language</th>
          {returnedStatuses.map((status) => (
            <th key={status} scope="col" className={table.number}>
              {recipientLooks[status].word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {languages.map(({ language, ...counts }) => (
          <tr key={language}>
            <th scope="row">{language}</th>
            {returnedStatuses.map((status) => (
              <td key={status} className={table.number} data-label={recipientLooks[status].word}>
                <UnstyledButton
                  className={styles.open}
                  data-zero={counts[status] === 0 || undefined}
                  onClick={() =>
                    openList({ list: "send", ...(mailing !== undefined && { mailing }), language, status })
                  }
                  aria-label={`${recipientLooks[status].word} in ${language}: ${count(counts[status])}. Open the list`}
                >
                  {count(counts[status])}
                </UnstyledButton>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
