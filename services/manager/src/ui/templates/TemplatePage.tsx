"use client";
import { Skeleton, Stack } from "@mantine/core";
import useSWR from "swr";
import type { Template } from "../../api/templates.ts";
import { call } from "../http.ts";
import { Problem } from "../shell/Problem.tsx";
import { TemplateEditor } from "./TemplateEditor.tsx";

/** One template: editor, findings and preview. */
export function TemplatePage({ name }: { readonly name: string }) {
  const path = `/api/templates/${encodeURIComponent(name)}`;
  const { data, error, mutate } = useSWR<Template, Error>(path, () => call<Template>("GET", path), {
    // What is being edited is not replaced by what another user saved: saving says so.
    revalidateOnFocus: false,
    revalidateOnReconnect: false,
    shouldRetryOnError: false,
  });
  if (error && !data)
    return <Problem title="The template could not be loaded" error={error} retry={() => void mutate()} />;
  if (!data)
    return (
      <Stack role="status" aria-label="Loading">
        <Skeleton height={28} width={320} />
        <Skeleton height={420} />
      </Stack>
    );
  return (
    <TemplateEditor
      template={data}
      onChanged={(template) => void mutate(template, { revalidate: false })}
      reload={() => void mutate()}
    />
  );
}
