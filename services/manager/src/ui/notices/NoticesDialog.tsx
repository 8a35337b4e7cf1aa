"use client";
import { Alert, Modal, Stack, Switch, Text } from "@mantine/core";
import { useState } from "react";
import useSWR from "swr";
import type { OwnNotices } from "../../api/notices.ts";
import { call } from "../http.ts";
import { Problem } from "../shell/Problem.tsx";
import { type BrowserNoticeState, useBrowserSwitch } from "./browserSwitch.ts";

/** Where a user gets notices of Sends: by mail, and in this browser. */
export function NoticesDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title="Notices"
      closeButtonProps={{ "aria-label": "Close" }}
      transitionProps={{ duration: 0 }}
    >
      <Stack gap="md">
        <Text size="sm">
          A notice says that a Send ended, stopped at a ceiling, sleeps for quota, left mails in doubt, is paused for
          more than 10 minutes, or has not moved for as long.
        </Text>
        <ByMail />
        <InBrowser />
      </Stack>
    </Modal>
  );
}

function ByMail() {
  const { data, error, mutate } = useSWR<OwnNotices, Error>("/api/notices", (path: string) =>
    call<OwnNotices>("GET", path),
  );
  const [problem, setProblem] = useState<unknown>();
  const turn = async (byMail: boolean) => {
    setProblem(undefined);
    try {
      await mutate(call<OwnNotices>("PUT", "/api/notices", { byMail }), { revalidate: false });
    } catch (thrown) {
      setProblem(thrown);
    }
  };
  if (error) return <Problem title="Your notices could not be read" error={error} />;
  return (
    <>
      <Switch
        label="By mail, for the Sends that I start"
        description={data && addressWords(data)}
        checked={data?.byMail ?? false}
        disabled={!data}
        onChange={(event) => void turn(event.currentTarget.checked)}
        styles={{ description: { overflowWrap: "anywhere" } }}
      />
      {problem !== undefined && <Problem title="Not saved" error={problem} />}
    </>
  );
}

function addressWords({ address }: OwnNotices): string {
  if (address !== undefined) return `To ${address}. An administrator can change the address.`;
  return "You have no address for notices. Sign in again, if the sign-in service knows a verified address of yours, or ask an administrator to enter one.";
}

const browserWords: Readonly<Record<BrowserNoticeState, string>> = {
  unsupported: "This browser has no notifications.",
  blocked: "This browser blocks notifications of this page: allow them in its settings first.",
  off: "For the Sends of all events that you see, while a page of the Email Manager is open here. The browser asks you to allow it.",
  on: "For the Sends of all events that you see, while a page of the Email Manager is open here.",
};

function InBrowser() {
  const { state, turn } = useBrowserSwitch();
  const cannot = state === "unsupported" || state === "blocked";
  return (
    <>
      <Switch
        label="Notify me in this browser"
        description={cannot ? undefined : browserWords[state]}
        checked={state === "on"}
        disabled={cannot}
        onChange={(event) => void turn(event.currentTarget.checked)}
      />
      {cannot && (
        <Alert color="yellow" variant="light">
          {browserWords[state]}
        </Alert>
      )}
    </>
  );
}
