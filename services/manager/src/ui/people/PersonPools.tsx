"use client";
import { poolAttributeWords } from "@email-agent/shared/domain/recipients/poolWords.ts";
import { Loader, NativeSelect, Text, Title } from "@mantine/core";
import { useState } from "react";
import useSWR from "swr";
import type { Person, PersonPools as Pools, ShownPool } from "../../api/people.ts";
import { call } from "../http.ts";
import { useOptions } from "../orders/useOptions.ts";
import { Problem } from "../shell/Problem.tsx";
import styles from "./People.module.css";
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
      {event && !data && !error && <Loader size="sm" mt="sm" aria-label="Asking the pools" />}
      {data?.pools.map((pool) => (
        <details key={pool.pool} className={styles.pool} open={pool.isOfEvent}>
          <summary>
            <Verdict accepts={pool.accepts} /> <b>{pool.pool}</b> {pool.accepts ? "accepts" : "refuses"}
            <span className={styles.note}>{roleOf(pool)}</span>
          </summary>
          <Attributes pool={pool} />
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

function Attributes({ pool }: { readonly pool: ShownPool }) {
  return (
    <ul className={styles.attributes}>
      {pool.problem !== undefined && <li>{pool.problem}</li>}
      {pool.problem === undefined && pool.attributes.length === 0 && (
        <li>It has no attribute, so it accepts no one.</li>
      )}
      {pool.attributes.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: attributes are named by their place
        <li key={index}>
          {one.hidden ? (
            "An attribute about an event you have no access to"
          ) : (
            <>
              <Verdict accepts={one.accepts} /> {poolAttributeWords(one.attribute)}
              {one.problem !== undefined && one.problem !== pool.problem && <span> ({one.problem})</span>}
            </>
          )}
          {one.pools.map((other) => (
            <div key={other.pool} className={styles.attributes}>
              <Verdict accepts={other.accepts} /> {other.pool} {other.accepts ? "accepts" : "refuses"}
              <Attributes pool={other} />
            </div>
          ))}
        </li>
      ))}
    </ul>
  );
}

function Verdict({ accepts }: { readonly accepts: boolean }) {
  return (
    <span className={styles.verdict} data-accepts={accepts} role="img" aria-label={accepts ? "Yes" : "No"}>
      {accepts ? "✓" : "✕"}
    </span>
  );
}
