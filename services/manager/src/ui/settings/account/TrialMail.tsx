import { Group, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { RequestFailed } from "../../http.ts";
import { BusyButton } from "../../shell/BusyButton.tsx";
import { Problem } from "../../shell/Problem.tsx";
import { ReportLines } from "./ReportLines.tsx";
import { useAccountRequest } from "./useAccountRequest.ts";

/** One mail to an address that is typed now, sent as every other mail is. */
export function TrialMail({ address, onSent }: { readonly address: string; readonly onSent: () => void }) {
  const [to, setTo] = useState("");
  const { report, problem, isBusy, isWaiting, start } = useAccountRequest(address);
  const fault = problem instanceof RequestFailed ? problem.fields["to"] : undefined;
  const send = async () => {
    await start({ kind: "trial", to: to.trim() });
    onSent();
  };
  return (
    <section aria-label="Trial mail">
      <Title order={2} size="h5" mb="xs">
        Trial mail
      </Title>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) void send();
        }}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            label="To"
            description="It counts against the quota. The address is not kept."
            type="email"
            autoComplete="email"
            style={{ flex: "1 1 16rem" }}
            value={to}
            error={fault}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <BusyButton type="submit" busy={isBusy}>
            Send me a trial mail
          </BusyButton>
        </Group>
      </form>
      {problem !== undefined && fault === undefined && <Problem error={problem} title="Not sent" />}
      {report && report.lines.length > 0 && <ReportLines lines={report.lines} />}
      <Text size="sm" role="status" mt="xs">
        {isBusy &&
          (isWaiting ? "Waiting for a sender. If this lasts, see whether the senders are running." : "Sending …")}
      </Text>
    </section>
  );
}
