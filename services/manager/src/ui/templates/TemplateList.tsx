"use client";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { Button, Group, Skeleton, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import useSWR from "swr";
import type { TemplateList as List } from "../../api/templates.ts";
import { call } from "../http.ts";
import { later } from "../shell/later.tsx";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import { ElsewhereTable } from "./ElsewhereTable.tsx";
import { TemplateTable } from "./TemplateTable.tsx";

const NewTemplate = later(() => import("./NewTemplate.tsx").then((module) => module.NewTemplate));

/** The templates in the bucket, and those of orders that came from Mailchimp or the folder. */
export function TemplateList() {
  const { data, error, mutate } = useSWR<List>("/api/templates", (path: string) => call<List>("GET", path));
  const [text, setText] = useState("");
  const [showsDeleted, setShowsDeleted] = useState(false);
  const [isAdding, setIsAdding] = useState(false);
  const canWrite = mayWrite(useViewer());
  const words = text.trim().toLowerCase().split(/\s+/);
  const fits = ({ name }: { readonly name: string }) => words.every((word) => name.toLowerCase().includes(word));
  const all = data?.templates ?? [];
  const deleted = all.filter(({ removed }) => removed).length;
  const shown = all.filter((one) => fits(one) && (showsDeleted || !one.removed));
  const elsewhere = data?.elsewhere.filter(fits) ?? [];
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={1} size="h3">
          Templates
        </Title>
        {canWrite && <Button onClick={() => setIsAdding(true)}>New template</Button>}
      </Group>
      {error !== undefined && (
        <Problem title="The templates could not be loaded" error={error} retry={() => void mutate()} />
      )}
      {!data && error === undefined && <Skeleton height={160} role="status" aria-label="Loading" />}
      {data && all.length + data.elsewhere.length > 0 && (
        <Group gap="md" role="search">
          <TextInput
            aria-label="Filter by name"
            placeholder="Filter: event, stage, language …"
            value={text}
            maw={360}
            flex={1}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {deleted > 0 && (
            <Switch
              label={`Show ${deleted} deleted`}
              checked={showsDeleted}
              onChange={(event) => setShowsDeleted(event.currentTarget.checked)}
            />
          )}
        </Group>
      )}
      {data && all.length === deleted && !showsDeleted && (
        <Text size="sm">
          No templates are kept here yet. Prepare takes a template from here first, then from Mailchimp, then from the
          folder on the server.
        </Text>
      )}
      {data && all.length > deleted && shown.length === 0 && <Text size="sm">No template matches this filter.</Text>}
      {shown.length > 0 && <TemplateTable templates={shown} />}
      {elsewhere.length > 0 && <ElsewhereTable templates={elsewhere} canWrite={canWrite} />}
      {isAdding && <NewTemplate title="New template" onClose={() => setIsAdding(false)} />}
    </Stack>
  );
}
