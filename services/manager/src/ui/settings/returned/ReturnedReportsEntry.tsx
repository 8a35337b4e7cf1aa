"use client";
import Link from "next/link";
import useSWR from "swr";
import type { ReturnedReports } from "../../../api/returnedReports.ts";
import { call } from "../../http.ts";

/** The entry of the overview of Settings, with how many there are. */
export function ReturnedReportsEntry() {
  const { data } = useSWR<ReturnedReports, Error>("/api/returned-reports", (path: string) =>
    call<ReturnedReports>("GET", path),
  );
  const number = data && `${data.reports.length}${data.next === undefined ? "" : " or more"}`;
  return (
    <li>
      <Link href="/settings/returned">Unmatched reports{number !== undefined && ` (${number})`}</Link>
      <span>Bounces and complaints that name no mail of this installation.</span>
    </li>
  );
}
