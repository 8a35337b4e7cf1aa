import { Anchor, Badge } from "@mantine/core";
import Link from "next/link";
import { Fragment } from "react";
import type { TemplateRow, TemplateUse } from "../../api/templates.ts";
import { Moment } from "../shell/Moment.tsx";
import table from "../shell/Table.module.css";
import styles from "./Templates.module.css";

/** The templates in the bucket, by name. */
export function TemplateTable({ templates }: { readonly templates: readonly TemplateRow[] }) {
  return (
    <div className={table.scroll}>
      <table className={`${table.table} ${table.stacks}`}>
        <caption>In the bucket</caption>
        <thead>
          <tr>
            <th scope="col">Template</th>
            <th scope="col">Language</th>
            <th scope="col">Version</th>
            <th scope="col">Changed</th>
            <th scope="col">Used by</th>
          </tr>
        </thead>
        <tbody>
          {templates.map((one) => (
            <tr key={one.name}>
              <th scope="row" className={styles.name}>
                <Anchor component={Link} href={`/templates/${encodeURIComponent(one.name)}`} size="sm">
                  {one.name}
                </Anchor>{" "}
                {one.removed && (
                  <Badge color="gray" variant="light" tt="none">
                    deleted
                  </Badge>
                )}
              </th>
              <td data-label="Language">{one.language}</td>
              <td data-label="Version">{one.version}</td>
              <td data-label="Changed">
                <Moment at={one.changedAt} /> by {one.changedBy}
              </td>
              <td data-label="Used by" className={styles.name}>
                {one.usedBy.length === 0 ? "no order" : <Uses uses={one.usedBy} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Links to the orders that take a template, with the version each has published. */
export function Uses({ uses }: { readonly uses: readonly TemplateUse[] }) {
  return uses.map(({ orderId, eventCode, subEvent, stage, preparedVersion, isNext }, index) => (
    <Fragment key={orderId}>
      {index > 0 && ", "}
      <Anchor component={Link} href={`/work-orders/${orderId}`} size="sm" underline="always">
        {eventCode} · {subEvent} · {stage}
      </Anchor>
      {preparedVersion !== undefined && ` (published: version ${preparedVersion})`}
      {!isNext && " (not at its next Prepare)"}
    </Fragment>
  ));
}
