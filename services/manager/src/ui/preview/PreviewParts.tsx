"use client";
import { Alert, Badge, Tabs, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import type { Preview, PreviewMail } from "../../api/preview.ts";
import { FindingList } from "./FindingList.tsx";
import { MailFrames } from "./MailFrames.tsx";
import { HeaderTable, TextPart } from "./MailParts.tsx";
import styles from "./Preview.module.css";
import { SourceView } from "./SourceView.tsx";

type Part = "mail" | "text" | "headers" | "source";

/** The mail as HTML, as text, its headers, and the source with findings; or why there is no mail. */
export function PreviewParts({ orderId, preview }: { readonly orderId: string; readonly preview: Preview }) {
  const { mail, problem, source = "", moreFindings = 0 } = preview;
  const [wanted, setWanted] = useState<Part>("mail");
  const findings = useMemo(
    () => preview.findings.map((finding, index) => ({ number: index + 1, finding })),
    [preview.findings],
  );
  // Without a mail there is only the source.
  const part = mail ? wanted : "source";
  const errors = findings.some(({ finding }) => finding.severity === "error");
  return (
    <>
      {mail && <InboxLine mail={mail} />}
      {problem && (
        <Alert color="red" variant="light" title="This mail cannot be shown" role="alert">
          {problem}
        </Alert>
      )}
      <Tabs value={part} onChange={(value) => setWanted(value as Part)} keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="mail" disabled={!mail}>
            Mail
          </Tabs.Tab>
          <Tabs.Tab value="text" disabled={!mail}>
            Text part
          </Tabs.Tab>
          <Tabs.Tab value="headers" disabled={!mail}>
            Headers
          </Tabs.Tab>
          <Tabs.Tab
            value="source"
            rightSection={
              findings.length > 0 && (
                <Badge size="sm" variant="light" color={errors ? "red" : "yellow"}>
                  {findings.length + moreFindings}
                </Badge>
              )
            }
          >
            Source and findings
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="mail">
          <MailFrames orderId={orderId} preview={preview} />
        </Tabs.Panel>
        <Tabs.Panel value="text">{mail && <TextPart text={mail.text} />}</Tabs.Panel>
        <Tabs.Panel value="headers">{mail && <HeaderTable headers={mail.headers} />}</Tabs.Panel>
        <Tabs.Panel value="source">
          <FindingList findings={findings} more={moreFindings} />
          <Text size="sm" c="dimmed" mt="sm" mb={6}>
            Template {preview.template}
          </Text>
          <SourceView source={source} findings={findings} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

/** The mail as a line in an inbox: sender, subject and preview text. */
export function InboxLine({ mail }: { readonly mail: PreviewMail }) {
  return (
    <section aria-label="In the inbox" className={styles.inbox}>
      <Text component="span" size="sm" fw={600} className={styles.inboxFrom}>
        {mail.from.replace(/ <.*>$/, "")}
      </Text>
      <p className={styles.inboxSubject}>
        <strong>{mail.subject || "(no subject)"}</strong>
        <span className={styles.inboxPreview}>{mail.previewLine && ` – ${mail.previewLine}`}</span>
      </p>
      <dl className={styles.inboxPeople}>
        <dt>From</dt>
        <dd>{mail.from}</dd>
        <dt>To</dt>
        <dd>{mail.to}</dd>
        <dt>Replies to</dt>
        <dd>{mail.replyTo}</dd>
      </dl>
    </section>
  );
}
