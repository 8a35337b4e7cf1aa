"use client";
import type { TemplatePlace } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { Alert, Stack, Text } from "@mantine/core";
import { OrderLink } from "../order/OrderWords.tsx";
import { PersonPicker } from "../preview/PersonPicker.tsx";
import { InboxLine } from "../preview/PreviewParts.tsx";
import { Problem } from "../shell/Problem.tsx";
import { DraftFrame } from "./DraftFrame.tsx";
import type { DraftPreview } from "./useDraftPreview.ts";

/** The mail of the text in the editor, for a person. */
export function DraftPanel({
  place,
  preview: { made, of, error },
  onChoose,
}: {
  readonly place: TemplatePlace;
  readonly preview: DraftPreview;
  readonly onChoose: (participant: string) => void;
}) {
  const { eventCode, subEvent, stage, language } = place;
  const query = new URLSearchParams({ eventCode, subEvent, stage, language });
  return (
    <Stack gap="sm" component="section" aria-label="Preview">
      <PersonPicker
        peoplePath={`/api/templates/participants?${query}`}
        person={made?.participant}
        onChoose={onChoose}
      />
      {made && (
        <Text size="sm" c="dimmed">
          {made.orderId === undefined ? (
            "No work order has this mailing yet: subject, preview text and account are examples."
          ) : (
            <>
              Subject, preview text and rules are those of <OrderLink id={made.orderId} />.
            </>
          )}
        </Text>
      )}
      {error !== undefined && <Problem title="The preview could not be made" error={error} />}
      {made?.problem !== undefined && (
        <Alert color="red" variant="light" title="This mail cannot be shown" role="alert">
          {made.problem}
        </Alert>
      )}
      {made?.mail && of && (
        <>
          <InboxLine mail={made.mail} />
          <DraftFrame draft={of} />
          <Text size="xs" c="dimmed">
            Personal links do nothing here. Links are asked for when Prepare runs.
          </Text>
        </>
      )}
    </Stack>
  );
}
