import { Text } from "@mantine/core";
import type { PreviewMail } from "../../api/preview.ts";
import table from "../shell/Table.module.css";
import styles from "./Preview.module.css";

/** The text part, as programs without HTML show it. */
export function TextPart({ text }: Pick<PreviewMail, "text">) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label="Text part" tabIndex={0} className={styles.text}>
      {text || "(empty)"}
    </section>
  );
}

/** Every header in its order, decoded. */
export function HeaderTable({ headers }: Pick<PreviewMail, "headers">) {
  return (
    <>
      <table className={`${table.table} ${table.stacks} ${styles.headers}`} aria-label="Headers of the mail">
        <tbody>
          {headers.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Text size="xs" c="dimmed" mt="xs">
        When it is sent, the mail gets its own date, run and unsubscribe token, and a DKIM signature if the account has
        a key.
      </Text>
    </>
  );
}
