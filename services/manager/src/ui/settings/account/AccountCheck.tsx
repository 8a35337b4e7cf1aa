import { Group, Text, Title } from "@mantine/core";
import type { AccountReport } from "../../../api/account.ts";
import { BusyButton } from "../../shell/BusyButton.tsx";
import { Problem } from "../../shell/Problem.tsx";
import { ReportLines } from "./ReportLines.tsx";
import type { AccountRequest } from "./useAccountRequest.ts";

/** The check of the account, line by line. */
export function AccountCheck({ request }: { readonly request: AccountRequest }) {
  const { report, problem, isBusy, isWaiting, start } = request;
  return (
    <section aria-label="Check">
      <Group justify="space-between" align="center" mb="xs">
        <Title order={2} size="h5">
          Check
        </Title>
        <BusyButton busy={isBusy} onClick={() => void start({ kind: "check" })}>
          Check this account
        </BusyButton>
      </Group>
      <Text size="sm" c="dimmed" mb="xs">
        Looks at the mail server (TLS, certificate, sign-in), at DKIM, SPF and DMARC in DNS, and sends nothing.
      </Text>
      {problem !== undefined && <Problem error={problem} title="Not checked" />}
      {report && <ReportLines lines={report.lines} />}
      <Text size="sm" role="status" mt="xs">
        {isWaiting && "Waiting for a sender. If this lasts, see whether the senders are running."}
        {isBusy && !isWaiting && "Checking …"}
        {!isBusy && report?.status === "done" && summary(report)}
      </Text>
    </section>
  );
}

function summary({ lines }: AccountReport): string {
  const failed = lines.filter(({ verdict }) => verdict === "fail").length;
  const warned = lines.filter(({ verdict }) => verdict === "warn").length;
  if (failed + warned === 0) return "Done: nothing to repair.";
  const parts = [failed > 0 && `${failed} failed`, warned > 0 && `${warned} with a warning`].filter(Boolean);
  return `Done: ${parts.join(", ")}.`;
}
