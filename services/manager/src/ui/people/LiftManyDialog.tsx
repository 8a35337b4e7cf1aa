"use client";
import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import { Loader, Modal, Progress, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useEffect, useRef, useState } from "react";
import type {
  LiftManyBody,
  LiftManyLine,
  PeopleListCount,
  PeopleListFilter,
  PeopleListName,
} from "../../api/peopleLists.ts";
import { call, streamLines } from "../http.ts";
import { Problem } from "../shell/Problem.tsx";
import { ReasonDialog } from "./ReasonDialog.tsx";

interface Props {
  readonly list: PeopleListName;
  /** The selection; undefined: everyone who fits the filter. */
  readonly ids: readonly string[] | undefined;
  readonly filter: PeopleListFilter;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

const words = {
  suppressed: {
    action: "Lift the suppressions",
    effect:
      "They are mailed again from the next start or pass of a Send on. An address that still does not exist is suppressed again by the next mail.",
  },
  unsubscribed: {
    action: "Subscribe them again",
    effect:
      "They get mail again from the next start or pass of a Send on. Do it only if these people were unsubscribed by mistake.",
  },
} as const;

/** Lifts the unsubscription or suppression of many people, with progress. Closing it ends the work where it is. */
export function LiftManyDialog({ list, ids, filter, onDone, onClose }: Props) {
  const fitting = useFitting(list, ids, filter);
  const [line, setLine] = useState<Extract<LiftManyLine, { lifted: number }>>();
  const leave = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    leave.current = controller;
    return () => controller.abort();
  }, []);
  const { action, effect } = words[list];
  const lift = async (reason: string) => {
    const body: LiftManyBody = ids ? { reason, ids } : { reason, filter, most: fitting.people ?? 0 };
    let last: typeof line;
    const path = `/api/people-lists/${list}/lift`;
    for await (const read of streamLines<LiftManyLine>(path, leave.current.signal, body)) {
      last = read;
      setLine(read);
    }
    if (!last?.isOver)
      throw new Error("The server ended early. Who was not reached is still on the list: start again.");
    const left = last.left > 0 ? ` ${counted(last.left, "person", "people")} had changed meanwhile.` : "";
    notifications.show({ message: `Done for ${counted(last.lifted, "person", "people")}.${left}` });
    onDone();
  };
  if (fitting.people === undefined || fitting.people === 0)
    return <Waiting title={action} fitting={fitting} onClose={onClose} />;
  return (
    <ReasonDialog
      title={`${action}: ${counted(fitting.people, "person", "people")}?`}
      effect={`${effect} Each of them gets a line with the reason in the history.`}
      action={`${action} (${count(fitting.people)})`}
      progress={line && <LiftProgress line={line} />}
      onSubmit={lift}
      onClose={onClose}
    />
  );
}

function LiftProgress({ line: { lifted, left, of } }: { readonly line: Extract<LiftManyLine, { lifted: number }> }) {
  return (
    <div role="status">
      <Progress value={(100 * (lifted + left)) / Math.max(1, of)} aria-label="Progress" />
      <Text size="sm" mt={4}>
        {count(lifted)} of {count(of)}
      </Text>
    </div>
  );
}

interface Fitting {
  readonly people?: number;
  readonly error?: unknown;
}

/** How many people it is about: counted by the server for a filter. */
function useFitting(list: PeopleListName, ids: readonly string[] | undefined, filter: PeopleListFilter): Fitting {
  const [fitting, setFitting] = useState<Fitting>(ids ? { people: ids.length } : {});
  const path = `/api/people-lists/${list}/count?${new URLSearchParams({ ...filter })}`;
  const isCounted = ids === undefined;
  useEffect(() => {
    if (!isCounted) return;
    const leave = new AbortController();
    call<PeopleListCount>("GET", path, undefined, { signal: leave.signal }).then(setFitting, (error: unknown) => {
      if (!leave.signal.aborted) setFitting({ error });
    });
    return () => leave.abort();
  }, [path, isCounted]);
  return fitting;
}

function Waiting({
  title,
  fitting,
  onClose,
}: {
  readonly title: string;
  readonly fitting: Fitting;
  readonly onClose: () => void;
}) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      closeButtonProps={{ "aria-label": "Close" }}
      transitionProps={{ duration: 0 }}
    >
      {fitting.error !== undefined ? (
        <Problem title="The people could not be counted" error={fitting.error} />
      ) : fitting.people === 0 ? (
        <Text size="sm">No one fits the filter any more.</Text>
      ) : (
        <Loader size="sm" role="status" aria-label="Counting the people" />
      )}
    </Modal>
  );
}
