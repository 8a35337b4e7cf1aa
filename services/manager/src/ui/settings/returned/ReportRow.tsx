import { Button, Card, Group, Text } from "@mantine/core";
import { useState } from "react";
import type { ReturnedReport } from "../../../api/returnedReports.ts";
import { BusyButton } from "../../shell/BusyButton.tsx";
import { Moment } from "../../shell/Moment.tsx";
import { useViewer } from "../../shell/useShellFacts.ts";

const kinds: Readonly<Record<string, string>> = {
  hard: "Hard bounce",
  soft: "Soft bounce",
  complaint: "Complaint",
  rejected: "Rejected by the provider",
};
const sources: Readonly<Record<string, string>> = { ses: "Amazon SES", mailbox: "bounce mailbox" };

/** A report: what it says, why it matches nothing, and what can be done with it. */
export function ReportRow({
  report,
  onDismiss,
}: {
  readonly report: ReturnedReport;
  readonly onDismiss: (report: ReturnedReport) => Promise<void>;
}) {
  const { showAddresses } = useViewer();
  const [busy, setBusy] = useState(false);
  const { id, at, kind, reportedBy, why, code, reply, recipient, mailing, hasRaw } = report;
  const said = [code && !reply.includes(code) && code, reply].filter(Boolean).join(": ");
  const about = [recipient && `to ${recipient}`, mailing && `mailing ${mailing}`].filter(Boolean).join(", ");
  const dismiss = async () => {
    setBusy(true);
    await onDismiss(report);
    setBusy(false);
  };
  return (
    <Card
      withBorder
      p="sm"
      component="article"
      aria-label={`${kinds[kind] ?? kind}, ${why}`}
      style={{ overflowWrap: "anywhere" }}
    >
      <Text size="sm" fw={600}>
        {kinds[kind] ?? kind}
        {about && ` ${about}`}
      </Text>
      <Text size="xs" c="dimmed">
        <Moment at={at} style="long" />, by {sources[reportedBy] ?? reportedBy}
      </Text>
      <Text size="sm" mt={4}>
        {why}
      </Text>
      {said && (
        <Text size="sm" ff="monospace" mt={4}>
          {said}
        </Text>
      )}
      <Group gap="xs" mt="xs">
        {hasRaw && showAddresses && (
          <Button
            component="a"
            href={`/api/returned-reports/${encodeURIComponent(id)}/raw`}
            download
            size="compact-sm"
            variant="default"
          >
            Download the report
          </Button>
        )}
        <BusyButton size="compact-sm" variant="default" busy={busy} onClick={() => void dismiss()}>
          Dismiss
        </BusyButton>
      </Group>
    </Card>
  );
}
