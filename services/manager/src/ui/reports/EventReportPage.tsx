"use client";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { Button, Group, Loader, Progress, Stack, Text, Title } from "@mantine/core";
import { useEffect, useEffectEvent, useRef } from "react";
import useSWR from "swr";
import type { EventReport } from "../../api/reports.ts";
import { call } from "../http.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import { FailedReplies } from "./FailedReplies.tsx";
import { MailedPeople } from "./MailedPeople.tsx";
import { MailingSums } from "./MailingSums.tsx";
import styles from "./Report.module.css";
import { type CountProgress, useReportCount } from "./useReportCount.ts";
import { zonedText } from "./zonedText.ts";

/** Up to this many deliveries are counted without being asked: every count reads each of them. */
const countedUnasked = 20_000;

/** The report of an event: sums of each mailing and language, why mails failed, and who was mailed how often. Made to be printed. */
export function EventReportPage({ code }: { readonly code: string }) {
  const path = `/api/reports/${encodeURIComponent(code)}`;
  const { data, error, mutate } = useSWR<EventReport>(path, (asked: string) => call<EventReport>("GET", asked));
  const { progress, problem, start } = useReportCount(code, () => void mutate());
  const isAsked = useRef(false);
  const startUnasked = useEffectEvent(() => {
    if (isAsked.current || !data || data.counted || data.deliveries > countedUnasked) return;
    isAsked.current = true;
    void start();
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once the report is there
  useEffect(() => startUnasked(), [data]);
  if (error) return <Problem title="The report could not be read" error={error} retry={() => void mutate()} />;
  if (!data) return <Loader size="sm" role="status" aria-label="Reading the report" />;
  const { counted, timeZone } = data;
  return (
    <Stack gap="lg" className={styles.report}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1} size="h3" style={{ overflowWrap: "anywhere" }}>
            Report of {data.name ? `${data.name} (${code})` : code}
          </Title>
          <Text size="sm" c="dimmed" role="status">
            {counted
              ? `Deliveries counted ${zonedText(counted.countedAt, timeZone)} by ${counted.by}. All times in ${timeZone}.`
              : "The deliveries of this event have not been counted yet."}
          </Text>
        </div>
        <Actions code={code} isCounting={progress !== undefined} hasCount={counted !== undefined} start={start} />
      </Group>
      {progress && <Counting {...progress} />}
      {problem !== undefined && <Problem title="The deliveries could not be counted" error={problem} />}
      <MailingSums report={data} />
      {counted && <FailedReplies report={data} />}
      {counted && <MailedPeople people={counted.people} />}
    </Stack>
  );
}

function Actions({
  code,
  isCounting,
  hasCount,
  start,
}: {
  readonly code: string;
  readonly isCounting: boolean;
  readonly hasCount: boolean;
  readonly start: () => Promise<void>;
}) {
  const { exportCsv } = useViewer();
  const path = `/api/reports/${encodeURIComponent(code)}`;
  const button = { size: "compact-sm", variant: "default" } as const;
  return (
    <Group gap="xs" className={styles.screenOnly}>
      <BusyButton {...button} busy={isCounting} onClick={() => void start()}>
        {hasCount ? "Count again" : "Count the deliveries"}
      </BusyButton>
      {exportCsv && (
        <Button {...button} component="a" href={`${path}/csv`} download>
          Sums as CSV
        </Button>
      )}
      {exportCsv && (
        <Button {...button} component="a" href={`${path}/people.csv`} download>
          People as CSV
        </Button>
      )}
      <Button {...button} onClick={() => window.print()}>
        Print
      </Button>
    </Group>
  );
}

function Counting({ read, of }: CountProgress) {
  return (
    <div className={styles.screenOnly} role="status">
      <Text size="sm" mb={4}>
        Counting the deliveries: {count(read)}
        {of >= read && of > 0 ? ` of about ${count(of)}` : ""}
      </Text>
      <Progress value={of > 0 ? Math.min(100, (100 * read) / of) : 100} striped animated aria-label="Deliveries read" />
    </div>
  );
}
