"use client";
import {
  Alert,
  Anchor,
  Badge,
  Button,
  Group,
  SegmentedControl,
  Skeleton,
  Stack,
  Tabs,
  Text,
  Title,
} from "@mantine/core";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import type { Order, Preview, PreviewSource } from "../../api.ts";
import { useOrder } from "../live/useLive.ts";
import { useOptions } from "../orders/useOptions.ts";
import { Moment } from "../shell/Moment.tsx";
import { Problem } from "../shell/Problem.tsx";
import { PersonPicker } from "./PersonPicker.tsx";
import styles from "./Preview.module.css";
import { PreviewParts } from "./PreviewParts.tsx";
import { choiceOf, type PreviewChoice } from "./previewPath.ts";
import { usePreview } from "./usePreview.ts";

/** Every language of an order as it will arrive. What is looked at stands in the address, so that it can be shared. */
export function PreviewPage({ orderId }: { readonly orderId: string }) {
  const order = useOrder(orderId);
  const choice = choiceOf(useSearchParams());
  const state = contentState(order);
  const { data: preview, error, isLoading, mutate } = usePreview(orderId, choice, state);
  const choose = (change: PreviewChoice) => {
    const query = new URLSearchParams({ ...choice, ...change });
    window.history.replaceState(null, "", `?${query}`);
  };
  const languages = order?.languages ?? (preview ? [preview.language] : []);
  const language = choice.language ?? languages[0] ?? "";
  return (
    <Stack gap="md">
      <Heading orderId={orderId} order={order} preview={preview} />
      {error && <Problem title="The preview could not be loaded" error={error} retry={() => void mutate()} />}
      {!error && !preview && isLoading && <Loading />}
      {preview && !error && (
        <Tabs value={language} onChange={(value) => value && choose({ language: value })} keepMounted={false}>
          <LanguageTabs languages={languages} />
          <Tabs.Panel value={language} pt="md">
            <Stack gap="md" aria-busy={isLoading}>
              {preview.state === "none" ? (
                <NothingPrepared orderId={orderId} />
              ) : (
                <>
                  {preview.state === "draft" && <DraftNotice preview={preview} />}
                  <Group align="flex-start" gap="md" className={styles.choices}>
                    <PersonPicker
                      orderId={orderId}
                      person={preview.participant}
                      onChoose={(participant) => choose({ participant })}
                    />
                    {preview.sources.length > 1 && (
                      <SourceChoice preview={preview} onChoose={(source) => choose({ source })} />
                    )}
                  </Group>
                  <PreviewParts orderId={orderId} preview={preview} choice={choice} state={state} />
                </>
              )}
            </Stack>
          </Tabs.Panel>
        </Tabs>
      )}
    </Stack>
  );
}

/** What of an order decides on how its mail looks: the preview is read again when this changes. */
function contentState(order: Order | undefined): string {
  if (!order) return "";
  const { subjects, previewTexts, account, testers, prepared } = order;
  const { status, runId } = order.steps.Prepare;
  return JSON.stringify([status, runId, prepared, subjects, previewTexts, account, testers]);
}

function Heading({
  orderId,
  order,
  preview,
}: {
  readonly orderId: string;
  readonly order: Order | undefined;
  readonly preview: Preview | undefined;
}) {
  return (
    <div>
      <Anchor component={Link} href={`/work-orders/${orderId}`} size="sm">
        ← Work order
      </Anchor>
      <Group gap="sm" align="center" mt={4}>
        <Title order={1} size="h3">
          Preview{order && `: ${order.eventCode} · ${order.subEvent} · ${order.stage}`}
        </Title>
        {preview?.state === "prepared" && (
          <Badge color="green" variant="dot">
            Published
          </Badge>
        )}
        {preview?.state === "draft" && (
          <Badge color="yellow" variant="dot">
            Draft, not published
          </Badge>
        )}
      </Group>
      {preview?.state === "prepared" && preview.preparedAt && (
        <Text size="sm" c="dimmed">
          Prepared <Moment at={preview.preparedAt} />
          {preview.contentHash && (
            <>
              , content <code title={preview.contentHash}>{preview.contentHash.slice(0, 12)}</code>
            </>
          )}
        </Text>
      )}
    </div>
  );
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

function DraftNotice({ preview: { preparedAt } }: { readonly preview: Preview }) {
  return (
    <Alert color="yellow" variant="light" title="Draft, not published" classNames={{ title: styles.plain }}>
      Prepare found errors{preparedAt && " at "}
      {preparedAt && <Moment at={preparedAt} />}, so nothing was published and nobody can be mailed this. Correct the
      template, then run Prepare again.
    </Alert>
  );
}

const sourceNames: Record<PreviewSource, string> = { draft: "Draft", prepared: "Published before" };

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

function NothingPrepared({ orderId }: { readonly orderId: string }) {
  return (
    <Stack align="center" gap="sm" py={48} maw={520} mx="auto" ta="center">
      <Title order={2} size="h4">
        Nothing is prepared yet
      </Title>
      <Text c="dimmed">
        Run Prepare first: it fetches the content of this language and checks it. Then the mail can be looked at here,
        as it will arrive.
      </Text>
      <Button component={Link} href={`/work-orders/${orderId}`}>
        Go to the steps
      </Button>
    </Stack>
  );
}

function Loading() {
  return (
    <Stack gap="md" aria-busy="true" aria-label="Loading the preview">
      <Skeleton height={36} />
      <Skeleton height={64} />
      <Skeleton height={480} />
    </Stack>
  );
}
