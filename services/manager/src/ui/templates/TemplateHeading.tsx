"use client";
import { Anchor, Badge, Button, FileButton, Group, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import Link from "next/link";
import { useState } from "react";
import type { Template, UploadedTemplate } from "../../api/templates.ts";
import { call, sendFile } from "../http.ts";
import { later } from "../shell/later.tsx";
import { Moment } from "../shell/Moment.tsx";
import { Problem } from "../shell/Problem.tsx";
import styles from "./Templates.module.css";
import { Uses } from "./TemplateTable.tsx";
import { uploadWords } from "./uploadWords.ts";

const NewTemplate = later(() => import("./NewTemplate.tsx").then((module) => module.NewTemplate));
const VersionsDialog = later(() => import("./VersionsDialog.tsx").then((module) => module.VersionsDialog));
const RemoveTemplate = later(() => import("./RemoveTemplate.tsx").then((module) => module.RemoveTemplate));

interface Props {
  readonly template: Template;
  readonly canWrite: boolean;
  readonly isDirty: boolean;
  /** A text for the editor that is not saved yet. */
  readonly onText: (html: string) => void;
  /** The saved template is another one now. */
  readonly onReplaced: (template: Template) => void;
  readonly reload: () => void;
}

/** What the template is, what uses it, and what can be done with it as a whole. */
export function TemplateHeading(props: Props) {
  const { template, canWrite, isDirty, onReplaced, reload } = props;
  const { name, version, changedAt, changedBy, usedBy, removed, versions } = template;
  const [open, setOpen] = useState<"versions" | "copy" | "remove">();
  const [problem, setProblem] = useState<unknown>();
  const close = () => setOpen(undefined);
  const attempt = (work: () => Promise<void>) => {
    setProblem(undefined);
    work().catch(setProblem);
  };
  const restore = async () => {
    const path = `/api/templates/${encodeURIComponent(name)}/restore`;
    onReplaced(await call<Template>("POST", path, { version, from: version }));
  };
  return (
    <div>
      <Anchor component={Link} href="/templates" size="sm">
        ← Templates
      </Anchor>
      <Group justify="space-between" align="center" mt={4}>
        <Group gap="sm">
          <Title order={1} size="h3" className={styles.name}>
            {name}
          </Title>
          <Badge variant="light" tt="none" color={removed ? "gray" : "teal"}>
            {removed ? "deleted" : `version ${version}`}
          </Badge>
        </Group>
        <Group gap="xs">
          <Button variant="default" size="xs" onClick={() => setOpen("versions")}>
            {`Versions (${versions.length})`}
          </Button>
          {canWrite && (
            <Button variant="default" size="xs" onClick={() => setOpen("copy")}>
              Copy to …
            </Button>
          )}
          {canWrite && !removed && <ReplaceByFile {...props} attempt={attempt} />}
          {canWrite && !removed && (
            <Button variant="default" size="xs" disabled={isDirty} onClick={() => setOpen("remove")}>
              Delete
            </Button>
          )}
          {canWrite && removed && (
            <Button size="xs" onClick={() => attempt(restore)}>
              Restore
            </Button>
          )}
        </Group>
      </Group>
      <Text size="sm" c="dimmed" mt={4}>
        Changed <Moment at={changedAt} /> by {changedBy}.
      </Text>
      <Text size="sm" className={styles.name}>
        {usedBy.length === 0 ? "No order uses it." : "Used by "}
        <Uses uses={usedBy} />
      </Text>
      {problem !== undefined && <Problem error={problem} />}
      {open === "versions" && (
        <VersionsDialog template={template} canRestore={canWrite && !isDirty} onRestored={onReplaced} onClose={close} />
      )}
      {open === "copy" && (
        <NewTemplate
          title="Copy to another language or event"
          from={{ template: name }}
          place={{ ...place(template), language: "" }}
          onClose={close}
        />
      )}
      {open === "remove" && <RemoveTemplate template={template} onRemoved={reload} onClose={close} />}
    </div>
  );
}

function place({ eventCode, subEvent, stage, language }: Template) {
  return { eventCode, subEvent, stage, language };
}

/** Puts the text of a file into the editor; it is saved by the button Save. */
function ReplaceByFile({ onText, attempt }: Props & { readonly attempt: (work: () => Promise<void>) => void }) {
  const upload = async (file: File | null) => {
    if (!file) return;
    const result = await sendFile<UploadedTemplate>("/api/templates/upload", file);
    onText(result.html);
    notifications.show({ message: `${uploadWords(result)} Look at it, then save.`.trim(), autoClose: 10_000 });
  };
  return (
    <FileButton accept=".html,.htm,.zip" onChange={(file) => attempt(() => upload(file))}>
      {(button) => (
        <Button {...button} variant="default" size="xs">
          Replace by file
        </Button>
      )}
    </FileButton>
  );
}
