"use client";
import { Loader, Modal, Text } from "@mantine/core";
import useSWR from "swr";
import type { PersonState } from "../../api/personChanges.ts";
import type { RecipientRow } from "../../api/recipients.ts";
import { call } from "../http.ts";
import { PersonDialog } from "../people/PersonDialogs.tsx";
import { Problem } from "../shell/Problem.tsx";

/** Lifts what keeps a person of a list from getting mail: since when and why it is so, and the reason to lift it. */
export function LiftDialog({
  orderId,
  row: { participantId, reason },
  onClose,
  onLifted,
}: {
  readonly orderId: string;
  readonly row: RecipientRow;
  readonly onClose: () => void;
  readonly onLifted: () => void;
}) {
  const path = `/api/work-orders/${orderId}/people/${encodeURIComponent(participantId)}`;
  const { data, error } = useSWR<PersonState, Error>(
    `${path}/changes`,
    (key: string) => call<PersonState>("GET", key),
    {
      revalidateOnFocus: false,
      dedupingInterval: 0,
    },
  );
  const change = reason === "suppressed" ? "lift-suppression" : "resubscribe";
  const isStill = data && (reason === "suppressed" ? data.suppressed?.counts : data.unsubscribed !== undefined);
  if (isStill) return <PersonDialog change={change} person={data} path={path} onDone={onLifted} onClose={onClose} />;
  return (
    <Modal
      opened
      onClose={onClose}
      title="Why does this person get no mail?"
      closeButtonProps={{ "aria-label": "Close" }}
      transitionProps={{ duration: 0 }}
    >
      {error && <Problem title="The person could not be read" error={error} />}
      {!error && !data && <Loader size="sm" role="status" aria-label="Reading the person" />}
      {data && <Text size="sm">This was lifted meanwhile. Refresh the list.</Text>}
    </Modal>
  );
}
