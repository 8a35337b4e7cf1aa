"use client";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { Anchor } from "@mantine/core";
import Link from "next/link";
import type { Order } from "../../api/orders.ts";
import { Moment } from "../shell/Moment.tsx";
import table from "../shell/Table.module.css";
import styles from "./StepPanel.module.css";

const hashDigits = 8;

/** The content published now, which would be mailed, even if the last run of Prepare failed. */
export function PreparedContent({ order }: { readonly order: Order }) {
  const codes = order.languages.filter((code) => order.prepared[code]);
  if (codes.length === 0) return undefined;
  return (
    <div className={table.scroll}>
      <table className={`${table.table} ${table.stacks}`}>
        <caption>Published content</caption>
        <thead>
          <tr>
            <th scope="col">Language</th>
            <th scope="col">Subject</th>
            <th scope="col">Unchanged since</th>
            <th scope="col" className={table.number}>
              Size
            </th>
            <th scope="col">Source</th>
            <th scope="col">Content</th>
          </tr>
        </thead>
        <tbody>
          {codes.map((code) => {
            const content = order.prepared[code];
            if (!content) return undefined;
            return (
              <tr key={code}>
                <th scope="row">{code}</th>
                <td className={styles.text}>{order.subjects[code]}</td>
                <td data-label="Unchanged since">
                  <Moment at={content.preparedAt} />
                </td>
                <td className={table.number} data-label="Size">
                  {count(Math.ceil(content.bytes / 1024))} KB
                </td>
                <td data-label="Source" className={styles.text}>
                  <Source source={content.source} />
                </td>
                <td className={styles.mono} data-label="Content">
                  {content.hash.slice(0, hashDigits)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Where content came from; an earlier release did not keep that. */
function Source({ source }: Pick<Order["prepared"][string], "source">) {
  if (!source) return "–";
  const { from, template, version } = source;
  if (from !== "bucket") return from;
  return (
    <>
      <Anchor component={Link} href={`/templates/${encodeURIComponent(template)}`} size="sm" underline="always">
        {template}
      </Anchor>
      {version !== undefined && `, version ${version}`}
    </>
  );
}
