"use client";
import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import { Progress, Radio, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useEffect, useRef, useState } from "react";
import type { ResolveManyBody, ResolveManyLine } from "../../api/doubts.ts";
import { streamLines } from "../http.ts";
import { ReasonDialog } from "../people/ReasonDialog.tsx";

/** Which mails: a selection, or all that fit a filter, with their number as the user saw it. */
export type ManyDoubts =
  | Pick<Extract<ResolveManyBody, { claims: unknown }>, "claims">
  | Pick<Extract<ResolveManyBody, { filter: unknown }>, "filter" | "most">;

interface Props {
  readonly orderId: string;
  /** Name of an earlier mailing. */
  readonly mailing: string | undefined;
  readonly doubts: ManyDoubts;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

type Line = Extract<ResolveManyLine, { resolved: number }>;

/** Resolves many mails in doubt in the same way, with progress. Closing it ends the work where it is. */
export function ResolveManyDialog({ orderId, mailing, doubts, onDone, onClose }: Props) {
  const [received, setReceived] = useState<boolean>();
  const [line, setLine] = useState<Line>();
  const leave = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    leave.current = controller;
    return () => controller.abort();
  }, []);
  const mails = "claims" in doubts ? doubts.claims.length : doubts.most;
  const resolve = async (reason: string) => {
    if (received === undefined) throw new Error("Choose whether these mails were received.");
    const body: ResolveManyBody = { ...doubts, mailing, received, reason };
    let last: Line | undefined;
    const path = `/api/work-orders/${orderId}/doubts/resolve`;
    for await (const read of streamLines<ResolveManyLine>(path, leave.current.signal, body)) {
      last = read;
      setLine(read);
    }
    if (!last?.isOver) throw new Error("The server ended early. What was not reached is still in doubt: start again.");
    // Choice and reason stay, for another try.
    if (last.resolved === 0) throw new Error(doneWords(last));
    notifications.show({ message: doneWords(last) });
    onDone();
  };
  return (
    <ReasonDialog
      title={`${counted(mails, "mail", "mails")} in doubt: ${mails === 1 ? "was it" : "were they"} received?`}
      effect="The mail server did not confirm these mails. Search its log for some of their Message-IDs, or ask some recipients. It can be undone until the next run of Send begins."
      action={`Resolve ${counted(mails, "mail", "mails")}`}
      fields={() => (
        <Radio.Group
          label="What is true of all of them"
          value={received === undefined ? "" : String(received)}
          onChange={(value) => setReceived(value === "true")}
        >
          <Stack gap="xs" mt={4}>
            <Radio
              value="true"
              label="They were received"
              description="Recorded as sent. These people do not get the mail again."
            />
            <Radio
              value="false"
              label="They were not received"
              description={
                mailing === undefined
                  ? "The next run of Send sends them again. Who did receive it gets it twice."
                  : "Recorded as not sent. This mailing is over, so they are not sent again."
              }
            />
          </Stack>
        </Radio.Group>
      )}
      progress={line && <ResolveProgress line={line} />}
      onSubmit={resolve}
      onClose={onClose}
    />
  );
}

function ResolveProgress({ line: { resolved, left, early, of } }: { readonly line: Line }) {
  return (
    <div role="status">
      <Progress value={(100 * (resolved + left + early)) / Math.max(1, of)} aria-label="Progress" />
      <Text size="sm" mt={4}>
        {count(resolved)} of {count(of)}
      </Text>
    </div>
  );
}

function doneWords({ resolved, left, early }: Line): string {
  const notes = [
    left > 0 && `${counted(left, "mail", "mails")} had changed meanwhile.`,
    early > 0 &&
      `${counted(early, "mail", "mails")} can be resolved only later: 15 minutes after a mail was started its reply may still arrive.`,
  ];
  const first = resolved === 0 ? "No mail was resolved." : `Resolved ${counted(resolved, "mail", "mails")}.`;
  return [first, ...notes].filter(Boolean).join(" ");
}
