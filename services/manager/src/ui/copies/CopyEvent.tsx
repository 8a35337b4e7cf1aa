"use client";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { Alert, Anchor, NativeSelect, Skeleton, Stack, Text, Title } from "@mantine/core";
import Link from "next/link";
import { useState } from "react";
import type { CopyPlace } from "../../api/copies.ts";
import type { Options } from "../../api/orders.ts";
import { useOrders } from "../live/useLive.ts";
import { useOptions } from "../orders/useOptions.ts";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import styles from "./CopyEvent.module.css";
import { CopyTable } from "./CopyTable.tsx";
import { matchedParts } from "./matchedParts.ts";

/** The page that copies the work orders of one event to another: choose, look at what comes of it, create. */
export function CopyEvent() {
  const viewer = useViewer();
  const { options, error } = useOptions();
  return (
    <Stack gap="md">
      <Anchor component={Link} href="/" size="sm">
        ← Work orders
      </Anchor>
      <Title order={1} size="h3">
        Duplicate the work orders of an event
      </Title>
      <Text size="sm" maw={720}>
        Every work order of the event, archived ones too, is created anew for another event with the same settings,
        ready in all steps. Content, steps and recipients are not copied. What is there already stays as it is, so you
        may come back and do it again.
      </Text>
      {!mayWrite(viewer) ? (
        <Alert color="yellow" variant="light" title="Read Only">
          Your role lets you look at work orders, not create them. Ask for write access if you need it.
        </Alert>
      ) : error && !options ? (
        <Problem error={error} title="The events could not be loaded" />
      ) : options ? (
        <Choices options={options} />
      ) : (
        <Skeleton h={160} role="status" aria-label="Loading the events" />
      )}
    </Stack>
  );
}

function Choices({ options }: { readonly options: Options }) {
  const { orders } = useOrders();
  const [{ from, to, parts }, setPlace] = useState<CopyPlace>({ from: "", to: "", parts: {} });
  const ofEvent = (code: string) => orders.filter(({ eventCode }) => eventCode === code);
  const partsFrom = [...new Set(ofEvent(from).map(({ subEvent }) => subEvent))].sort();
  const partsTo = options.events.find(({ code }) => code === to)?.subEvents ?? [];
  const choose = (event: { readonly from: string; readonly to: string }) => {
    const used = [...new Set(ofEvent(event.from).map(({ subEvent }) => subEvent))];
    const others = options.events.find(({ code }) => code === event.to)?.subEvents ?? [];
    setPlace({ ...event, parts: matchedParts(used, others) });
  };
  const eventData = (whatToDo: string, other: string) => [
    { value: "", label: whatToDo, disabled: true },
    ...options.events.map(({ code, name }) => ({ value: code, label: `${name} (${code})`, disabled: code === other })),
  ];
  return (
    <>
      <div className={styles.choices}>
        <NativeSelect
          label="Event to copy"
          data={eventData("Choose an event", to)}
          value={from}
          onChange={(event) => choose({ from: event.currentTarget.value, to })}
        />
        <NativeSelect
          label="To the event"
          data={eventData("Choose another event", from)}
          value={to}
          onChange={(event) => choose({ from, to: event.currentTarget.value })}
        />
      </div>
      {from !== "" && partsFrom.length === 0 && <Text size="sm">This event has no work orders.</Text>}
      {from !== "" && to !== "" && partsFrom.length > 0 && (
        <>
          <fieldset className={styles.parts}>
            <legend>Which part of the event goes where</legend>
            <div className={styles.choices}>
              {partsFrom.map((part) => (
                <NativeSelect
                  key={part}
                  label={`Work orders of ${part}`}
                  data={[
                    { value: "", label: "Leave out" },
                    ...partsTo.map((one) => ({ value: one, label: `to ${one}` })),
                  ]}
                  value={parts[part] ?? ""}
                  onChange={(event) => setPlace({ from, to, parts: { ...parts, [part]: event.currentTarget.value } })}
                />
              ))}
            </div>
          </fieldset>
          <CopyTable key={JSON.stringify([from, to, parts])} place={{ from, to, parts }} />
        </>
      )}
    </>
  );
}
