import { Alert, Group, Text, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import type { AccountState } from "../../../api/account.ts";
import { call, RequestFailed } from "../../http.ts";
import { BusyButton } from "../../shell/BusyButton.tsx";
import { Moment } from "../../shell/Moment.tsx";
import { Problem } from "../../shell/Problem.tsx";

interface Props {
  readonly state: AccountState;
  readonly address: string;
  readonly name: string;
  readonly onChanged: () => void;
}

/** Pauses the account with a reason, or resumes it. */
export function AccountPause({ state: { paused }, address, name, onChanged }: Props) {
  const [reason, setReason] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const reasonError = problem instanceof RequestFailed ? problem.fields["reason"] : undefined;
  const act = async (work: () => Promise<unknown>, message: string) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
      setReason("");
      notifications.show({ message });
      onChanged();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const pause = () =>
    act(() => call("PUT", `${address}/pause`, { reason }), `${name} is paused. Its Sends wait within seconds.`);
  const resume = () =>
    act(
      () =>
        paused?.forReturnedMail ? call("POST", `${address}/resume`, { reason }) : call("DELETE", `${address}/pause`),
      `${name} sends again.`,
    );
  return (
    <section aria-label="Pause">
      <Title order={2} size="h5" mb="xs">
        Pause
      </Title>
      {paused ? (
        <Alert
          color="yellow"
          variant="light"
          title={paused.forReturnedMail ? "Paused because too much mail came back" : "Paused by hand"}
        >
          <form
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              if (!isBusy) void resume();
            }}
          >
            <Group justify="space-between" align="flex-end" gap="sm">
              <Text size="sm" style={{ overflowWrap: "anywhere", flex: "1 1 16rem" }}>
                By <bdi>{paused.by}</bdi>, <Moment at={paused.at} style="long" />: <bdi>{paused.reason}</bdi>
              </Text>
              {paused.forReturnedMail && (
                <TextInput
                  label="Why it may go on"
                  description="Providers block senders of whose mail much comes back. It is not paused again for a week."
                  style={{ flex: "1 1 16rem" }}
                  maxLength={200}
                  error={reasonError}
                  value={reason}
                  onChange={(event) => setReason(event.currentTarget.value)}
                />
              )}
              <BusyButton type="submit" busy={isBusy}>
                Resume
              </BusyButton>
            </Group>
          </form>
        </Alert>
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!isBusy) void pause();
          }}
        >
          <Group align="flex-end" gap="sm">
            <TextInput
              label="Reason"
              description="No mail begins within seconds. Sends wait, lose nothing, and go on when it is resumed."
              style={{ flex: "1 1 16rem" }}
              maxLength={200}
              error={reasonError}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <BusyButton type="submit" variant="default" busy={isBusy}>
              Pause this account
            </BusyButton>
          </Group>
        </form>
      )}
      {problem !== undefined && reasonError === undefined && <Problem error={problem} title="Not changed" />}
    </section>
  );
}
