"use client";
import { Group, SegmentedControl, Stack, Tabs, Text } from "@mantine/core";
import { useSearchParams } from "next/navigation";
import type { Order } from "../../api/orders.ts";
import type { Preview, PreviewSource } from "../../api/preview.ts";
import { RequestFailed } from "../http.ts";
import { useOrder } from "../live/useLive.ts";
import { useOptions } from "../orders/useOptions.ts";
import { Problem } from "../shell/Problem.tsx";
import { PersonPicker } from "./PersonPicker.tsx";
import styles from "./Preview.module.css";
import { PreviewHeading } from "./PreviewHeading.tsx";
import { DraftNotice, Loading, NothingPrepared } from "./PreviewNotices.tsx";
import { PreviewParts } from "./PreviewParts.tsx";
import { choiceOf, type PreviewChoice } from "./previewPath.ts";
import { usePreview } from "./usePreview.ts";

/** The preview: every language of an order as it will arrive. The choice is part of the address, so it can be shared. */
export function PreviewPage({ orderId }: { readonly orderId: string }) {
  const order = useOrder(orderId);
  const choice = choiceOf(useSearchParams());
  const state = contentState(order);
  const { data: preview, error, isLoading, mutate } = usePreview(orderId, choice, state);
  const choose = (change: PreviewChoice) => {
    const query = new URLSearchParams({ ...choice, ...change });
    window.history.replaceState(null, "", `?${query}`);
  };
  // A shared address may name a language or person that no longer exists: then the server chooses.
  const startOver = () => {
    if (error instanceof RequestFailed && error.status === 404) window.history.replaceState(null, "", "?");
    void mutate();
  };
  const languages = preview?.languages ?? [];
  const language = choice.language ?? languages[0] ?? "";
  return (
    <Stack gap="md">
      <PreviewHeading orderId={orderId} order={order} preview={preview} />
      {error && <Problem title="The preview could not be loaded" error={error} retry={startOver} />}
      {!error && !preview && isLoading && <Loading />}
      {preview && !error && (
        <Tabs value={language} onChange={(value) => value && choose({ language: value })} keepMounted={false}>
          <LanguageTabs languages={languages} />
          <Tabs.Panel value={language} pt="md">
            <Stack gap="md" aria-busy={isLoading} className={styles.content}>
              {preview.state === "none" ? (
                <NothingPrepared orderId={orderId} />
              ) : (
                <>
                  {preview.state === "draft" && <DraftNotice preview={preview} />}
                  <Group align="flex-start" gap="md" className={styles.choices}>
                    <PersonPicker
                      peoplePath={`/api/work-orders/${encodeURIComponent(orderId)}/participants`}
                      person={preview.participant}
                      onChoose={(participant) => choose({ participant })}
                    />
                    {preview.sources.length > 1 && (
                      <SourceChoice preview={preview} onChoose={(source) => choose({ source })} />
                    )}
                  </Group>
                  <PreviewParts orderId={orderId} preview={preview} />
                </>
              )}
            </Stack>
          </Tabs.Panel>
        </Tabs>
      )}
    </Stack>
  );
}

/** What decides how the mail of an order looks: the preview loads again when it changes. */
function contentState(order: Order | undefined): string {
  if (!order) return "";
  const { subjects, previewTexts, account, testers, prepared } = order;
  const { status, runId } = order.steps.Prepare;
  return JSON.stringify([status, runId, prepared, subjects, previewTexts, account, testers]);
}

function LanguageTabs({ languages }: { readonly languages: readonly string[] }) {
  const { options } = useOptions();
  const nameOf = (code: string) => options?.languages.find((language) => language.code === code)?.name;
  return (
    <Tabs.List aria-label="Language">
      {languages.map((code) => (
        <Tabs.Tab key={code} value={code}>
          {code}
          {nameOf(code) && (
            <Text component="span" size="xs" c="dimmed" ml={6}>
              {nameOf(code)}
            </Text>
          )}
        </Tabs.Tab>
      ))}
    </Tabs.List>
  );
}

const sourceNames: Record<PreviewSource, string> = { draft: "Draft", prepared: "Published" };

function SourceChoice({
  preview: { sources, state },
  onChoose,
}: {
  readonly preview: Preview;
  readonly onChoose: (source: PreviewSource) => void;
}) {
  return (
    <div>
      <Text size="sm" fw={500} component="span" id="content-choice">
        Content
      </Text>
      <SegmentedControl
        aria-labelledby="content-choice"
        display="flex"
        data={sources.map((source) => ({ value: source, label: sourceNames[source] }))}
        value={state}
        onChange={(value) => onChoose(value as PreviewSource)}
      />
    </div>
  );
}
