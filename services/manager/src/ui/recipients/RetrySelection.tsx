"use client";
import { Button, Group, Text } from "@mantine/core";
import type { Order } from "../../api/orders.ts";
import type { RecipientRow } from "../../api/recipients.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";
import type { ShownList } from "./listAddress.ts";
import { useRetry } from "./useRetry.ts";
import type { Selection } from "./useSelection.ts";

interface Props {
  readonly order: Order;
  readonly shown: ShownList;
  readonly selection: Selection<RecipientRow>;
}

/** Sends failed mails of a list again: those chosen, or all that fit its search. The go/no-go shows how many can be mailed. */
export function RetrySelection({ order, shown, selection }: Props) {
  const { language, q } = shown;
  const { retry, busy, problem, blocked } = useRetry(order);
  const chosen = selection.rows.map(({ participantId }) => ({ language, participantId }));
  const isOff = chosen.length === 0 || blocked !== undefined;
  return (
    <Group gap="xs" role="group" aria-label="Retry some">
      <Button
        size="compact-sm"
        variant="default"
        data-disabled={isOff || undefined}
        aria-disabled={isOff}
        onClick={() => !isOff && void retry({ people: chosen })}
      >
        Retry selected ({chosen.length})…
      </Button>
      <BusyButton
        size="compact-sm"
        variant="default"
        busy={busy}
        data-disabled={blocked !== undefined || undefined}
        onClick={() => blocked === undefined && void retry({ filter: { language, q } })}
      >
        {q ? "Retry all that fit the search…" : `Retry all failed in ${language}…`}
      </BusyButton>
      {blocked !== undefined && (
        <Text size="xs" c="dimmed">
          {blocked}
        </Text>
      )}
      {problem !== undefined && <Problem title="The mails could not be selected" error={problem} />}
    </Group>
  );
}
