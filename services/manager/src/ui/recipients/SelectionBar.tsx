"use client";
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import type { MailCauses } from "../../api/doubts.ts";
import type { Order } from "../../api/orders.ts";
import type { RecipientRow } from "../../api/recipients.ts";
import type { ManyDoubts } from "../doubts/ResolveManyDialog.tsx";
import { call } from "../http.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { later } from "../shell/later.tsx";
import { Problem } from "../shell/Problem.tsx";
import type { ShownList } from "./listAddress.ts";
import type { Selection } from "./useSelection.ts";

const ResolveManyDialog = later(() =>
  import("../doubts/ResolveManyDialog.tsx").then((module) => module.ResolveManyDialog),
);

interface Props {
  readonly order: Order;
  readonly shown: ShownList;
  readonly selection: Selection<RecipientRow>;
  readonly onDone: () => void;
}

/** What can be done with the mails in doubt of a list: with those chosen, or with all that fit its search. */
export function SelectionBar({ order, shown, selection, onDone }: Props) {
  const { language, mailing, q } = shown;
  const [doubts, setDoubts] = useState<ManyDoubts>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const chosen = selection.rows.length;
  const resolveChosen = () => {
    const claims = selection.rows.flatMap(({ participantId, claimId }) =>
      claimId === undefined ? [] : [{ language, participantId, claimId }],
    );
    setDoubts({ claims });
  };
  const resolveAll = async () => {
    setBusy(true);
    setProblem(undefined);
    const query = new URLSearchParams({ status: "in-doubt", language, ...(mailing && { mailing }), ...(q && { q }) });
    try {
      const { mails } = await call<MailCauses>("GET", `/api/work-orders/${order.id}/causes?${query}`);
      if (mails > 0) setDoubts({ filter: { language, q }, most: mails });
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  return (
    <Group gap="xs" role="group" aria-label="Resolve many">
      <Button
        size="compact-sm"
        variant="default"
        data-disabled={chosen === 0 || undefined}
        aria-disabled={chosen === 0}
        onClick={() => chosen > 0 && resolveChosen()}
      >
        Resolve selected ({chosen})…
      </Button>
      <BusyButton size="compact-sm" variant="default" busy={busy} onClick={() => void resolveAll()}>
        {q ? "Resolve all that fit the search…" : `Resolve all in ${language}…`}
      </BusyButton>
      {problem !== undefined && <Problem title="The mails could not be counted" error={problem} />}
      {doubts && (
        <ResolveManyDialog
          orderId={order.id}
          mailing={mailing}
          doubts={doubts}
          onDone={() => {
            setDoubts(undefined);
            onDone();
          }}
          onClose={() => setDoubts(undefined)}
        />
      )}
    </Group>
  );
}
