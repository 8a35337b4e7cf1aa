"use client";
import { NativeSelect, Stack } from "@mantine/core";
import type { Options } from "../../api/orders.ts";
import type { ChosenPlace } from "./placeOfName.ts";

interface Props {
  readonly options: Options;
  readonly place: ChosenPlace;
  readonly errors?: Readonly<Record<string, string>>;
  readonly onChange: (place: ChosenPlace) => void;
}

/** What a template is for: event, sub-event, stage and language. Its name follows from them. */
export function PlaceFields({ options, place, errors = {}, onChange }: Props) {
  const { events, stages, languages } = options;
  const event = events.find(({ code }) => code === place.eventCode);
  const part = (field: keyof ChosenPlace) => ({
    required: true,
    value: place[field],
    error: errors[field],
  });
  return (
    <Stack gap="sm">
      <NativeSelect
        label="Event"
        {...part("eventCode")}
        data={withNone(
          "Choose an event",
          events.map(({ code, name }) => ({ value: code, label: `${name} (${code})` })),
        )}
        onChange={({ currentTarget: { value } }) => {
          const parts = events.find(({ code }) => code === value)?.subEvents ?? [];
          const kept = parts.includes(place.subEvent) ? place.subEvent : "";
          onChange({ ...place, eventCode: value, subEvent: parts.length === 1 ? (parts[0] ?? "") : kept });
        }}
      />
      <NativeSelect
        label="Sub-event"
        {...part("subEvent")}
        disabled={!event}
        data={withNone("Choose the part of the event", (event?.subEvents ?? []).map(same))}
        onChange={({ currentTarget: { value } }) => onChange({ ...place, subEvent: value })}
      />
      <NativeSelect
        label="Stage"
        {...part("stage")}
        data={withNone(
          "Choose the kind of mail",
          stages.map(({ name }) => same(name)),
        )}
        onChange={({ currentTarget: { value } }) => onChange({ ...place, stage: value })}
      />
      <NativeSelect
        label="Language"
        {...part("language")}
        data={withNone(
          "Choose a language",
          languages.map(({ code, name }) => ({ value: code, label: `${name} (${code})` })),
        )}
        onChange={({ currentTarget: { value } }) => onChange({ ...place, language: value })}
      />
    </Stack>
  );
}

const same = (text: string) => ({ value: text, label: text });

function withNone(label: string, choices: readonly { readonly value: string; readonly label: string }[]) {
  return [{ value: "", label }, ...choices];
}
