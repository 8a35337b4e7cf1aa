"use client";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { Anchor, Loader, Stack, Text, Title } from "@mantine/core";
import Link from "next/link";
import useSWR from "swr";
import type { ReportedEvents } from "../../api/reports.ts";
import { call } from "../http.ts";
import { Problem } from "../shell/Problem.tsx";
import table from "../shell/Table.module.css";
import { reportAddress } from "./reportAddress.ts";

/** The events that have work orders, each with its report. */
export function ReportList() {
  const { data, error, mutate } = useSWR<ReportedEvents>("/api/reports", (path: string) =>
    call<ReportedEvents>("GET", path),
  );
  return (
    <Stack gap="md">
      <Title order={1} size="h3">
        Reports
      </Title>
      {error && <Problem title="The events could not be read" error={error} retry={() => void mutate()} />}
      {!data && !error && <Loader size="sm" role="status" aria-label="Reading the events" />}
      {data?.events.length === 0 && <Text c="dimmed">There is no work order yet, so there is nothing to report.</Text>}
      {data && data.events.length > 0 && (
        <table className={`${table.table} ${table.stacks}`} aria-label="Events">
          <thead>
            <tr>
              <th scope="col">Event</th>
              <th scope="col">Name</th>
              <th scope="col" className={table.number}>
                Mailings
              </th>
            </tr>
          </thead>
          <tbody>
            {data.events.map(({ code, name, mailings }) => (
              <tr key={code}>
                <th scope="row">
                  <Anchor component={Link} href={reportAddress(code)} prefetch={false} inherit>
                    {code}
                  </Anchor>
                </th>
                <td className={table.words}>{name ?? "Not in the settings any more"}</td>
                <td className={table.number} data-label="Mailings">
                  {count(mailings)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Stack>
  );
}
