"use client";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { Alert, Button, Modal, SimpleGrid, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Order } from "../../api/orders.ts";
import type { RecipientRow, ResolveBody } from "../../api/recipients.ts";
import { call, RequestFailed } from "../http.ts";
import { useNow } from "../order/useNow.ts";
import { Moment } from "../shell/Moment.tsx";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import type { ShownList } from "./listAddress.ts";
import styles from "./ResolveDialog.module.css";

interface ResolveDialogProps {
  readonly order: Order;
  readonly shown: Pick<ShownList, "language" | "mailing">;
  /** The mail in doubt; without one the dialog is closed. */
  readonly row: RecipientRow | undefined;
  readonly onClose: () => void;
  readonly onResolved: (row: RecipientRow) => void;
}

/** Resolves a mail in doubt: shows the evidence, and records whether the mail was received. */
export function ResolveDialog({ row, onClose, ...rest }: ResolveDialogProps) {
  return (
    <Modal
      opened={row !== undefined}
      onClose={onClose}
      title="Was this mail received?"
      size="lg"
      // Its content is gone when it closes, so there is nothing to fade out.
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {row && <Resolve row={row} {...rest} />}
    </Modal>
  );
}

function Resolve({
  order,
  shown,
  row,
  onResolved,
}: Omit<ResolveDialogProps, "row" | "onClose"> & { readonly row: RecipientRow }) {
  const { resolve, sending, error } = useResolution(order.id, shown, row, onResolved);
  const maySave = mayWrite(useViewer());
  const now = useNow();
  const opensAt = resolvableFrom(row, error);
  const isEarly = opensAt !== undefined && now < Date.parse(opensAt);
  const isDisabled = !maySave || isEarly || sending !== undefined;
  return (
    <Stack gap="md">
      <Text size="sm">
        The mail server did not confirm this mail, so it may or may not have arrived. It is not sent again unless you
        resolve it as not received. To find out, search the log of the mail server for the Message-ID, or ask the
        recipient.
      </Text>
      <Evidence row={row} language={shown.language} />
      {!maySave && <Alert color="gray">Your role is Read Only: you can look at this mail, but not resolve it.</Alert>}
      {maySave && isEarly && (
        <Alert color="blue" role="status">
          The response may still arrive. You can resolve this mail from <Moment at={opensAt} style="long" />, 15 minutes
          after it was started.
        </Alert>
      )}
      {error !== undefined && <Problem title="The mail was not resolved" error={error} />}
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Choice
          label="It was received"
          effect="Recorded as sent. This person does not get it again."
          disabled={isDisabled}
          loading={sending === true}
          onClick={() => resolve(true)}
        />
        <Choice
          label="It was not received"
          effect={
            shown.mailing === undefined
              ? "The next run of Send sends it again. If it did arrive, they get it twice."
              : "Recorded as not sent. This mailing is over, so it is not sent again."
          }
          disabled={isDisabled}
          loading={sending === false}
          onClick={() => resolve(false)}
        />
      </SimpleGrid>
    </Stack>
  );
}

/** `sending`: the resolution that is on its way to the server. */
function useResolution(
  orderId: string,
  { language, mailing }: Pick<ShownList, "language" | "mailing">,
  row: RecipientRow,
  onResolved: (row: RecipientRow) => void,
) {
  const [sending, setSending] = useState<boolean>();
  const [error, setError] = useState<unknown>();
  const resolve = async (received: boolean) => {
    setSending(received);
    setError(undefined);
    const path = `/api/work-orders/${orderId}/deliveries/${encodeURIComponent(row.participantId)}/resolve`;
    const body: ResolveBody = { language, mailing, claimId: row.claimId ?? "", received };
    try {
      onResolved({ ...(await call<Omit<RecipientRow, "number">>("POST", path, body)), number: row.number });
    } catch (failure) {
      setError(failure);
    } finally {
      setSending(undefined);
    }
  };
  return { resolve, sending, error };
}

/** The server's response takes precedence: the row may be older. */
function resolvableFrom(row: RecipientRow, error: unknown): string | undefined {
  const stated = error instanceof RequestFailed ? error.details["resolvableAt"] : undefined;
  return typeof stated === "string" ? stated : row.resolvableAt;
}

function Choice({
  label,
  effect,
  ...button
}: {
  readonly label: string;
  readonly effect: string;
  readonly disabled: boolean;
  readonly loading: boolean;
  readonly onClick: () => void;
}) {
  return (
    <Stack gap={4}>
      <Button variant="default" {...button}>
        {label}
      </Button>
      <Text size="xs" c="dimmed">
        {effect}
      </Text>
    </Stack>
  );
}

function Evidence({ row, language }: { readonly row: RecipientRow; readonly language: string }) {
  return (
    <dl className={styles.evidence}>
      <Fact name="Recipient">
        {row.name || row.participantId}, {row.email} ({language})
      </Fact>
      {row.sendingAt && (
        <Fact name="Claimed for sending">
          <Moment at={row.sendingAt} style="long" />
        </Fact>
      )}
      {row.at && (
        <Fact name="In doubt since">
          <Moment at={row.at} style="long" />
        </Fact>
      )}
      <Fact name="Account">{row.account}</Fact>
      <Fact name="Attempt">{row.attempt}</Fact>
      <Fact name="Message-ID">
        <code className={styles.code}>{row.messageId ?? "none"}</code>
      </Fact>
      <Fact name="Last response">{row.response ?? "none: the sender stopped before it could record one"}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
