"use client";
import { Group, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useOptions } from "../orders/useOptions.ts";

/** An event and a part of it; undefined while there is none to choose. */
export interface ChosenEvent {
  readonly event: string;
  readonly subEvent: string;
}

/** The choice of an event and a part of it, for which an effect is shown; `first` is offered first. */
export function useEventChoice(first?: string) {
  const { options } = useOptions();
  const [chosen, setChosen] = useState<Partial<ChosenEvent>>({});
  const events = (options?.events ?? []).filter(({ subEvents }) => subEvents.length > 0);
  const event = events.find(({ code }) => code === (chosen.event ?? first)) ?? events[0];
  const subEvent = event?.subEvents.find((name) => name === chosen.subEvent) ?? event?.subEvents[0];
  const value: ChosenEvent | undefined = event && subEvent !== undefined ? { event: event.code, subEvent } : undefined;
  const control = event && (
    <Group gap="sm" align="end">
      <NativeSelect
        label="For the event"
        value={event.code}
        onChange={({ currentTarget }) => setChosen({ event: currentTarget.value })}
        data={events.map(({ code, name }) => ({ value: code, label: `${code} – ${name}` }))}
      />
      <NativeSelect
        label="Part"
        value={subEvent}
        onChange={({ currentTarget }) => setChosen({ event: event.code, subEvent: currentTarget.value })}
        data={[...event.subEvents]}
      />
    </Group>
  );
  return { value, control, hasLoaded: options !== undefined, languages: options?.languages ?? [] };
}
