"use client";
import { Anchor, Button, Loader, Stack, Text, Title } from "@mantine/core";
import Link from "next/link";
import { useState } from "react";
import useSWRInfinite from "swr/infinite";
import type { ReturnedReport, ReturnedReports } from "../../../api/returnedReports.ts";
import { call } from "../../http.ts";
import { Problem } from "../../shell/Problem.tsx";
import { ReportRow } from "./ReportRow.tsx";

/** Reports of returned mail that name no mail of ours: read, downloaded, dismissed. */
export function ReturnedReportsPage() {
  const { data, error, size, setSize, isValidating, mutate } = useSWRInfinite<ReturnedReports, Error>(
    (index, before: ReturnedReports | null) => {
      if (index > 0 && before?.next === undefined) return null;
      return `/api/returned-reports${before?.next ? `?before=${encodeURIComponent(before.next)}` : ""}`;
    },
    (path: string) => call<ReturnedReports>("GET", path),
    { revalidateFirstPage: false, shouldRetryOnError: false },
  );
  const { dismiss, problem } = useDismissal(() => mutate());
  const reports = data?.flatMap((page) => page.reports) ?? [];
  const hasMore = data?.at(-1)?.next !== undefined;
  const isLoading = isValidating && (data?.length ?? 0) < size;
  return (
    <Stack gap="md" maw={860}>
      <div>
        <Anchor component={Link} href="/settings" size="sm">
          ← Settings
        </Anchor>
        <Title order={1} size="h3">
          Unmatched reports
        </Title>
        <Text size="sm" c="dimmed">
          Bounces and complaints that name no mail of this installation, or contradict it. They changed nothing. They
          are kept for 90 days, the report as it came for 30.
        </Text>
      </div>
      {error && <Problem title="The reports could not be loaded" error={error} retry={() => void mutate()} />}
      {problem !== undefined && <Problem title="The report was not dismissed" error={problem} />}
      {data && reports.length === 0 && <Text size="sm">There is no unmatched report.</Text>}
      {reports.map((report) => (
        <ReportRow key={report.id} report={report} onDismiss={dismiss} />
      ))}
      {isLoading && <Loader size="sm" role="status" aria-label="Loading reports" />}
      {hasMore && !isLoading && (
        <Button
          size="compact-sm"
          variant="default"
          style={{ alignSelf: "flex-start" }}
          onClick={() => void setSize(size + 1)}
        >
          Show earlier reports
        </Button>
      )}
    </Stack>
  );
}

function useDismissal(again: () => Promise<unknown>) {
  const [problem, setProblem] = useState<unknown>();
  const dismiss = async ({ id }: ReturnedReport) => {
    setProblem(undefined);
    try {
      await call("DELETE", `/api/returned-reports/${encodeURIComponent(id)}`);
    } catch (failure) {
      setProblem(failure);
    }
    await again();
  };
  return { dismiss, problem };
}
