"use client";
import { Loader, Stack, Text } from "@mantine/core";
import useSWR from "swr";
import type { AccountState } from "../../../api/account.ts";
import { call } from "../../http.ts";
import { Problem } from "../../shell/Problem.tsx";
import { AccountCheck } from "./AccountCheck.tsx";
import { AccountPause } from "./AccountPause.tsx";
import { AccountUse } from "./AccountUse.tsx";
import { DkimKeys } from "./DkimKeys.tsx";
import { TrialMail } from "./TrialMail.tsx";
import { useAccountRequest } from "./useAccountRequest.ts";

/** What a mail account does now, and whether its mail would arrive: beside the form of its fields. */
export function AccountPanels({ name, onChanged }: { readonly name: string; readonly onChanged: () => void }) {
  const address = `/api/settings/accounts/${encodeURIComponent(name)}`;
  const read = (path: string) => call<AccountState>("GET", path);
  const { data, error, mutate } = useSWR<AccountState>(`${address}/state`, read, { refreshInterval: 15_000 });
  const check = useAccountRequest(address);
  /** The form shows another version of the account than there is now. */
  const reload = async () => {
    await mutate();
    onChanged();
  };
  if (error !== undefined) return <Problem error={error} retry={() => void mutate()} />;
  if (!data) return <Loader size="sm" role="status" aria-label="Loading" />;
  return (
    <Stack gap="lg" maw={960} component="section" aria-label="This account now">
      <AccountUse state={data} address={address} />
      <AccountPause state={data} address={address} name={name} onChanged={() => void reload()} />
      <AccountCheck request={check} />
      <TrialMail address={address} onSent={() => void mutate()} />
      <DkimKeys state={data} address={address} check={check} onChanged={() => void reload()} />
      <Text size="sm" c="dimmed">
        The check and the trial mail are done by the senders: they alone reach the mail server.
      </Text>
    </Stack>
  );
}
