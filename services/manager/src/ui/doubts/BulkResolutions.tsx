"use client";
import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { Group, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import useSWR, { useSWRConfig } from "swr";
import type { BulkResolutions as Read, UndoLine } from "../../api/doubts.ts";
import type { Order } from "../../api/orders.ts";
import { call, streamLines } from "../http.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Moment } from "../shell/Moment.tsx";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import { isOfDoubts } from "./useCauses.ts";

type Resolution = Read["resolutions"][number];

/** Which mails in doubt were resolved many at once, each with Undo until the next run. */
export function BulkResolutions({ order, mailing }: { readonly order: Order; readonly mailing: string | undefined }) {
  const path = `/api/work-orders/${order.id}/doubts/resolutions${mailing ? `?mailing=${mailing}` : ""}`;
  const { data } = useSWR<Read>(path, (asked: string) => call<Read>("GET", asked));
  const { mutate } = useSWRConfig();
  if (!data || data.resolutions.length === 0) return undefined;
  return (
    <Stack gap={4} component="section" aria-labelledby="bulk-resolutions">
      <Title order={3} size="sm" id="bulk-resolutions">
        Resolved many at once
      </Title>
      {data.resolutions.map((one) => (
        <Line
          key={one.bulk}
          orderId={order.id}
          resolution={one}
          hasRun={one.isFinal !== undefined || order.steps.Send.status === "working"}
          onUndone={() => void mutate((key) => isOfDoubts(key, order.id))}
        />
      ))}
    </Stack>
  );
}

function Line({
  orderId,
  resolution,
  hasRun,
  onUndone,
}: {
  readonly orderId: string;
  readonly resolution: Resolution;
  readonly hasRun: boolean;
  readonly onUndone: () => void;
}) {
  const { bulk, at, by, received, reason, resolved, upTo, undone } = resolution;
  const mails = upTo === undefined ? counted(resolved, "mail", "mails") : `Up to ${counted(upTo, "mail", "mails")}`;
  const [restored, setRestored] = useState<number>();
  const [problem, setProblem] = useState<unknown>();
  const mayUndo = mayWrite(useViewer()) && !undone && !hasRun;
  const undo = async () => {
    setRestored(0);
    setProblem(undefined);
    try {
      notifications.show({ message: undoneWords(await undoAll(orderId, bulk, setRestored)) });
    } catch (error) {
      setProblem(error);
    }
    setRestored(undefined);
    onUndone();
  };
  return (
    <Group gap="xs">
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {mails} {received ? "received" : "not received"}: {reason}. {by}, <Moment at={at} />
        {undone && (
          <>
            . Set back by {undone.by}, <Moment at={undone.at} />
          </>
        )}
      </Text>
      {mayUndo && (
        <BusyButton size="compact-xs" variant="default" busy={restored !== undefined} onClick={() => void undo()}>
          {restored === undefined ? "Undo" : `Undo: ${count(restored)} of ${count(upTo ?? resolved)}`}
        </BusyButton>
      )}
      {!undone && hasRun && (
        <Text size="xs" c="dimmed">
          Send has run since, so it stays.
        </Text>
      )}
      {problem !== undefined && <Problem title="Not all mails were set back" error={problem} />}
    </Group>
  );
}

type Undone = Extract<UndoLine, { restored: number }>;

async function undoAll(orderId: string, bulk: string, onProgress: (restored: number) => void): Promise<Undone> {
  let last: Undone | undefined;
  const path = `/api/work-orders/${orderId}/doubts/undo`;
  for await (const line of streamLines<UndoLine>(path, new AbortController().signal, { bulk })) {
    last = line;
    onProgress(line.restored);
  }
  if (!last?.isOver) throw new Error("The server ended early. Press Undo again for the rest.");
  return last;
}

function undoneWords({ restored, left }: Undone): string {
  const rest = left > 0 ? ` ${counted(left, "mail", "mails")} had changed since and stay as they are.` : "";
  return `${counted(restored, "mail is", "mails are")} in doubt again.${rest}`;
}
