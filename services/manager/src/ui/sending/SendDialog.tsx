"use client";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { Modal, Progress, Skeleton, Stack, Text } from "@mantine/core";
import { useMediaQuery, useMounted } from "@mantine/hooks";
import { memo } from "react";
import type { Order } from "../../api/orders.ts";
import { MailingNames } from "../shell/MailingNames.tsx";
import { Problem } from "../shell/Problem.tsx";
import { GoNoGoFacts } from "./GoNoGoFacts.tsx";
import styles from "./SendDialog.module.css";
import { SendFooter } from "./SendFooter.tsx";
import tones from "./tones.module.css";
import { type CountProgress, useGoNoGo } from "./useGoNoGo.ts";

interface SendDialogProps {
  readonly order: Order;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** Only the mails of this selection are sent again. */
  readonly selection?: string | undefined;
  /** Why the last start was refused: its number was out of date. */
  readonly refusal?: string | undefined;
  /** With the number of mails the dialog showed, and the time of the start (ISO) unless it is now. */
  readonly onConfirm: (confirmRecipients: number, startAt?: string) => void;
}

/**
 * The go/no-go: everything to know before a Send, and the button that starts it. The focus begins on its heading, so that
 * an Enter key that is still held down starts nothing.
 */
export const SendDialog = memo(Dialog, (before, after) => !before.opened && !after.opened);

function Dialog({ order, selection, opened, refusal, onClose, onConfirm }: SendDialogProps) {
  const isSmall = useMediaQuery("(max-width: 48em)") ?? false;
  // A modal that is open on its first render does not know which element to return the focus to.
  const isThere = useMounted();
  return (
    <Modal
      opened={opened && isThere}
      onClose={onClose}
      title={
        <span tabIndex={-1} data-autofocus className={styles.title}>
          {selection === undefined ? "Before Send" : "Before sending a selection again"}: {order.eventCode} ·{" "}
          {order.subEvent} · {order.stage}
          {order.revision === undefined ? "" : ` · revision ${order.revision}`}
          <MailingNames order={order} />
        </span>
      }
      size="xl"
      fullScreen={isSmall}
      closeButtonProps={{ "aria-label": "Close without sending" }}
      classNames={{ body: `${styles.body} ${tones.tones}`, content: styles.content }}
    >
      <Content order={order} selection={selection} refusal={refusal} onClose={onClose} onConfirm={onConfirm} />
    </Modal>
  );
}

function Content({ order, selection, refusal, onClose, onConfirm }: Omit<SendDialogProps, "opened">) {
  // Each opening loads the facts again: the decision needs current numbers.
  const { facts, progress, error, retry } = useGoNoGo(order, selection);
  const confirm = (recipients: number, startAt?: string) => {
    onConfirm(recipients, startAt);
    onClose();
  };
  return (
    <>
      <div className={styles.scroll}>
        {refusal !== undefined && (
          <p className={`${styles.warning} ${styles.refusal}`} data-severity="warning" role="alert">
            <span className={styles.sign} aria-hidden="true">
              !
            </span>
            <span>
              <b>Send was not started: the number has changed. </b>
              {refusal}
            </span>
          </p>
        )}
        {facts && <GoNoGoFacts facts={facts} order={order} />}
        {!facts && error !== undefined && (
          <Problem title="The details of this Send could not be loaded" error={error} retry={retry} />
        )}
        {!facts && error === undefined && <Loading progress={progress} />}
      </div>
      <SendFooter
        order={order}
        facts={facts}
        maySchedule={selection === undefined}
        onCancel={onClose}
        onConfirm={confirm}
      />
    </>
  );
}

function Loading({ progress }: { readonly progress: CountProgress | undefined }) {
  return (
    <Stack gap="md" role="status" aria-busy="true" aria-label="Loading the details of this Send">
      {progress ? <Counting {...progress} /> : <Skeleton height={72} />}
      <Skeleton height={120} />
      <Skeleton height={120} />
    </Stack>
  );
}

/** Counting many people takes a while, but the number must be current. */
function Counting({ read, of }: CountProgress) {
  const about = of !== undefined && of >= read ? ` of about ${count(of)}` : "";
  return (
    <div>
      <Text size="sm" mb={6}>
        Counting the recipients: {count(read)}
        {about} people checked
      </Text>
      <Progress
        value={of ? Math.min(100, (100 * read) / of) : 100}
        striped
        animated={!of}
        aria-label="People checked"
      />
    </div>
  );
}
