"use client";
import { Loader, NativeSelect, Text, Title } from "@mantine/core";
import { useState } from "react";
import useSWR from "swr";
import type { Person, PersonPools as Pools } from "../../api/people.ts";
import { call } from "../http.ts";
import { useOptions } from "../orders/useOptions.ts";
import { Problem } from "../shell/Problem.tsx";
import styles from "./People.module.css";
import { PoolVerdict, Verdict } from "./PoolVerdict.tsx";
import { personAddress } from "./personAddress.ts";

/** For a chosen event: which pools accept the person, and which of their attributes decides. */
export function PersonPools({ person }: { readonly person: Person }) {
  const { options } = useOptions();
  const [chosen, setChosen] = useState<{ readonly event: string; readonly subEvent?: string }>();
  const events = options?.events ?? [];
  const known = person.programs.find((program) => events.some(({ code }) => code === program.event))?.event;
  const event = events.find(({ code }) => code === (chosen?.event ?? known)) ?? events[0];
  const subEvent = event?.subEvents.find((name) => name === chosen?.subEvent) ?? event?.subEvents[0];
  const query = new URLSearchParams({ event: event?.code ?? "", ...(subEvent && { subEvent }) });
  const { data, error, mutate } = useSWR<Pools, Error>(
    event ? `/api${personAddress(person.id)}/pools?${query}` : null,
    (path: string) => call<Pools>("GET", path),
    { shouldRetryOnError: false, keepPreviousData: true },
  );
  return (
    <section aria-labelledby="person-pools" className={styles.section}>
      <Title order={2} size="h4" id="person-pools">
        Pools
      </Title>
      {options && events.length === 0 && <Text size="sm">There is no event you may see.</Text>}
      {event && (
        <div className={styles.choices}>
          <NativeSelect
            label="Event"
            size="xs"
            value={event.code}
            onChange={({ currentTarget: { value } }) => setChosen({ event: value })}
            data={events.map(({ code, name }) => ({ value: code, label: `${code} · ${name}` }))}
          />
          <NativeSelect
            label="Part"
            size="xs"
            value={subEvent ?? ""}
            onChange={({ currentTarget: { value } }) => setChosen({ event: event.code, subEvent: value })}
            data={[...event.subEvents]}
          />
        </div>
      )}
      {error && <Problem title="The pools could not be asked" error={error} retry={() => void mutate()} />}
      {event && !data && !error && <Loader size="sm" mt="sm" role="status" aria-label="Asking the pools" />}
      {data?.pools.map((pool) => (
        <details key={pool.pool} className={styles.pool} open={pool.isOfEvent}>
          <summary>
            <Verdict accepts={pool.accepts} /> <b>{pool.pool}</b> {pool.accepts ? "accepts" : "refuses"}
            <span className={styles.note}>{roleOf(pool)}</span>
          </summary>
          <PoolVerdict pool={pool} />
        </details>
      ))}
    </section>
  );
}

function roleOf({ isOfEvent, stages }: Pools["pools"][number]): string {
  const roles = [
    ...(isOfEvent ? ["Pool of the event"] : []),
    ...(stages.length > 0 ? [`Stages: ${stages.join(", ")}`] : []),
  ];
  return roles.join(" · ") || "Not asked by this event or any stage";
}
