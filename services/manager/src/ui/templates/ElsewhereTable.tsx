"use client";
import { Anchor, Button } from "@mantine/core";
import Link from "next/link";
import { useState } from "react";
import type { ForeignTemplate } from "../../api/templates.ts";
import { later } from "../shell/later.tsx";
import table from "../shell/Table.module.css";
import styles from "./Templates.module.css";

const NewTemplate = later(() => import("./NewTemplate.tsx").then((module) => module.NewTemplate));

/** Content of orders that came from Mailchimp or the folder, which can be taken into the bucket. */
export function ElsewhereTable({
  templates,
  canWrite,
}: {
  readonly templates: readonly ForeignTemplate[];
  readonly canWrite: boolean;
}) {
  const [taken, setTaken] = useState<ForeignTemplate>();
  return (
    <div className={table.scroll}>
      <table className={`${table.table} ${table.stacks}`}>
        <caption>Prepared from elsewhere</caption>
        <thead>
          <tr>
            <th scope="col">Template</th>
            <th scope="col">Language</th>
            <th scope="col">Source</th>
            <th scope="col">Used by</th>
            {canWrite && <th scope="col">Copy</th>}
          </tr>
        </thead>
        <tbody>
          {templates.map((one) => (
            <tr key={`${one.orderId} ${one.language}`}>
              <th scope="row" className={styles.name}>
                {one.name}
              </th>
              <td data-label="Language">{one.language}</td>
              <td data-label="Source">{one.from === "folder" ? "Folder" : one.from}</td>
              <td data-label="Used by" className={styles.name}>
                <Anchor component={Link} href={`/work-orders/${one.orderId}`} size="sm">
                  {one.eventCode} · {one.subEvent} · {one.stage}
                </Anchor>
              </td>
              {canWrite && (
                <td>
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={`Copy into the bucket: ${one.name}`}
                    onClick={() => setTaken(one)}
                  >
                    Copy into the bucket
                  </Button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {taken && (
        <NewTemplate
          title="Copy the published content into the bucket"
          from={{ orderId: taken.orderId, language: taken.language }}
          place={{
            ...{ eventCode: taken.eventCode, subEvent: taken.subEvent },
            ...{ stage: taken.stage, language: taken.language },
          }}
          onClose={() => setTaken(undefined)}
        />
      )}
    </div>
  );
}
