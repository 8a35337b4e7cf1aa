import { Button, Group, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import type { AccountState } from "../../../api/account.ts";
import { call } from "../../http.ts";
import { BusyButton } from "../../shell/BusyButton.tsx";
import { Problem } from "../../shell/Problem.tsx";
import { DkimRecord } from "./DkimRecord.tsx";
import type { AccountRequest } from "./useAccountRequest.ts";

interface Props {
  readonly state: AccountState;
  readonly address: string;
  readonly check: AccountRequest;
  readonly onChanged: () => void;
}

/** The key in use, and a new one until its record is in DNS. */
export function DkimKeys({ state, address, check, onChanged }: Props) {
  const { dkim, dkimNext } = state;
  const change = useChange(onChanged);
  return (
    <section aria-label="DKIM keys">
      <Title order={2} size="h5" mb="xs">
        DKIM keys
      </Title>
      <Stack gap="sm">
        {dkim ? (
          <DkimRecord shown={dkim} title={`In use: selector ${dkim.selector} of ${dkim.domain}`} />
        ) : (
          <Text size="sm">The account has no key of its own: its mails are signed only if the provider does.</Text>
        )}
        {dkimNext && (
          <>
            <DkimRecord
              shown={dkimNext}
              title={`New: selector ${dkimNext.selector} of ${dkimNext.domain}, signs nothing yet`}
            />
            <Waiting address={address} check={check} change={change} />
          </>
        )}
        {!dkimNext && <NewKey state={state} address={address} change={change} />}
        {change.problem !== undefined && <Problem error={change.problem} title="Not changed" />}
      </Stack>
    </section>
  );
}

interface Change {
  readonly isBusy: boolean;
  readonly problem?: unknown;
  act(work: () => Promise<unknown>, message: string): Promise<void>;
}

function useChange(onChanged: () => void): Change {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const act: Change["act"] = async (work, message) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
      notifications.show({ message });
      onChanged();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, problem, act };
}

/** What can be done with a key that waits for its record. */
function Waiting({
  address,
  check,
  change,
}: {
  readonly address: string;
  readonly check: AccountRequest;
  readonly change: Change;
}) {
  const line = check.report?.status === "done" ? check.report.lines.find(({ id }) => id === "dkim-next") : undefined;
  const isSeen = line?.verdict === "pass";
  const use = (force: boolean) =>
    change.act(
      () => call("PUT", `${address}/dkim`, { ...(check.report && { request: check.report.id }), force }),
      "Mails are signed with the new key from the next run on. Leave the old record in DNS for a week.",
    );
  return (
    <>
      <Text size="sm">
        {isSeen
          ? "The check has seen the record in DNS: the key can be used."
          : "Publish the record, then run the check until it finds the key. DNS may take some hours."}
      </Text>
      <Group gap="sm">
        {isSeen ? (
          <BusyButton busy={change.isBusy} onClick={() => void use(false)}>
            Use the new key
          </BusyButton>
        ) : (
          <>
            <BusyButton busy={check.isBusy} onClick={() => void check.start({ kind: "check" })}>
              Check now
            </BusyButton>
            <Button variant="default" onClick={() => void use(true)}>
              Use it without a check
            </Button>
          </>
        )}
        <Button
          variant="default"
          onClick={() => void change.act(() => call("DELETE", `${address}/dkim`), "The new key is discarded.")}
        >
          Discard it
        </Button>
      </Group>
    </>
  );
}

function NewKey({ state, address, change }: Pick<Props, "state" | "address"> & { readonly change: Change }) {
  const [domain, setDomain] = useState(state.dkim?.domain ?? state.fromDomain);
  const [selector, setSelector] = useState(() => `ea${new Date().toISOString().slice(0, 10).replaceAll("-", "")}`);
  const [kind, setKind] = useState("rsa");
  return (
    <form
      noValidate
      aria-label="New key"
      onSubmit={(event) => {
        event.preventDefault();
        if (change.isBusy) return;
        const make = () => call("POST", `${address}/dkim`, { domain, selector, kind });
        void change.act(make, "A key was made. Publish its record.");
      }}
    >
      <Group align="flex-end" gap="sm">
        <TextInput label="Domain" value={domain} onChange={(event) => setDomain(event.currentTarget.value)} />
        <TextInput label="Selector" value={selector} onChange={(event) => setSelector(event.currentTarget.value)} />
        <NativeSelect
          label="Kind"
          value={kind}
          data={[
            { value: "rsa", label: "RSA, 2,048 bits" },
            { value: "ed25519", label: "Ed25519 (few receivers)" },
          ]}
          onChange={(event) => setKind(event.currentTarget.value)}
        />
        <BusyButton type="submit" variant="default" busy={change.isBusy}>
          Make a key
        </BusyButton>
      </Group>
    </form>
  );
}
