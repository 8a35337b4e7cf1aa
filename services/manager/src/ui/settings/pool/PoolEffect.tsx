"use client";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { Button, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { PoolPerson, PoolPersonBody } from "../../../api/settings.ts";
import { call } from "../../http.ts";
import { PoolVerdict, Verdict } from "../../people/PoolVerdict.tsx";
import { PersonPicker } from "../../preview/PersonPicker.tsx";
import { Problem } from "../../shell/Problem.tsx";
import { type ChosenEvent, useEventChoice } from "../EventChoice.tsx";
import { peoplePath } from "../peoplePath.ts";
import styles from "../Settings.module.css";
import type { ItemForm } from "../useItemForm.ts";
import { usePoolCount } from "./usePoolCount.ts";

/** Whom the pool accepts as it is entered: how many, some of them, and why one person is accepted or not. */
export function PoolEffect({ form }: { readonly form: ItemForm }) {
  const { value, control, hasLoaded } = useEventChoice();
  return (
    <section aria-labelledby="pool-effect" className={styles.effect}>
      <Stack gap="sm">
        <Title order={2} size="h5" id="pool-effect">
          Whom it accepts
        </Title>
        <Text size="sm">
          As it is entered now, saved or not. Languages, unsubscriptions and other pools are not asked here.
        </Text>
        {hasLoaded && !value && <Text size="sm">Add an event with a sub-event first: pools are asked for one.</Text>}
        {control}
        {value && <Accepted key={`${value.event} ${value.subEvent}`} form={form} chosen={value} />}
      </Stack>
    </section>
  );
}

function Accepted({ form, chosen }: { readonly form: ItemForm; readonly chosen: ChosenEvent }) {
  const hasFaults = Object.keys(form.faults).length > 0 || form.isChecking;
  const { counted, error, isCounting } = usePoolCount(form.sent, chosen, !hasFaults);
  const [explained, setExplained] = useState<PoolPerson & { readonly of: string }>();
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const pool = JSON.stringify(form.sent);
  const explain = async (person: string) => {
    setAsking(true);
    setProblem(undefined);
    setExplained(undefined);
    try {
      const body: PoolPersonBody = { pool: form.sent, ...chosen, person };
      setExplained({ ...(await call<PoolPerson>("POST", "/api/settings/pool-person", body)), of: pool });
    } catch (failed) {
      setProblem(failed);
    } finally {
      setAsking(false);
    }
  };
  if (hasFaults && !counted) return <Text size="sm">Once the entries above fit, it is counted here.</Text>;
  return (
    <>
      <Text size="sm" role="status" aria-live="polite">
        {counted && <CountWords {...counted} isCounting={isCounting} />}
        {!counted && isCounting && "Counting…"}
      </Text>
      {error !== undefined && <Problem error={error} title="Not counted" />}
      {counted?.problem !== undefined && <Problem error={counted.problem} title="Not everyone could be asked about" />}
      {counted?.people && counted.people.length > 0 && (
        <ul className={styles.people} aria-label="Some of those it accepts">
          {counted.people.map(({ id, name, email }) => (
            <li key={id}>
              <span>
                {name || id}{" "}
                <Text span size="sm" c="dimmed">
                  {email}
                </Text>
              </span>
              <Button
                className={styles.why}
                variant="subtle"
                size="compact-sm"
                onClick={() => void explain(id)}
                aria-label={`Why is ${name || id} accepted?`}
              >
                Why?
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.middle}>
        <PersonPicker
          label="Ask about a person"
          peoplePath={peoplePath}
          person={explained?.person}
          onChoose={(id) => void explain(id)}
        />
      </div>
      {problem !== undefined && <Problem error={problem} title="Not asked" />}
      {asking && <Text size="sm">Asking…</Text>}
      {explained && explained.of === pool && !asking && (
        <div role="status">
          <Verdict accepts={explained.pool.accepts} /> <b>{explained.person.name || explained.person.id}</b> is{" "}
          {explained.pool.accepts ? "accepted" : "refused"}
          <PoolVerdict pool={explained.pool} />
        </div>
      )}
    </>
  );
}

interface CountProps {
  readonly read: number;
  readonly accepted: number;
  readonly isCounting: boolean;
}

function CountWords({ read, accepted, isCounting }: CountProps) {
  if (isCounting) return `Counting… ${count(accepted)} of ${count(read)} people so far`;
  return (
    <>
      It accepts <b>{count(accepted)}</b> of {count(read)} people.
    </>
  );
}
