"use client";
import { hasRight } from "@email-agent/shared/domain/role.ts";
import { Anchor, Paper, Text, Title } from "@mantine/core";
import Link from "next/link";
import { useState } from "react";
import useSWR from "swr";
import { firstStepsAddress as address, type FirstStep, type FirstSteps as Steps } from "../../api/firstSteps.ts";
import { call } from "../http.ts";
import { settingsChanged } from "../settings/settingsChanged.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import styles from "./FirstSteps.module.css";

/** For administrators, until the first mailing was sent: what is there, what is missing, and where it is entered. */
export function FirstSteps() {
  const isAdmin = hasRight(useViewer(), "admin");
  const { data, mutate } = useSWR<Steps>(isAdmin ? address : null, (path: string) => call<Steps>("GET", path));
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  if (!data || data.steps.length === 0) return null;
  const next = data.steps.find(({ isDone }) => !isDone);
  const add = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await mutate(await call<Steps>("POST", address), { revalidate: false });
      settingsChanged();
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  return (
    <Paper component="section" withBorder p="md" aria-label="First steps">
      <Title order={2} size="h5">
        First steps
      </Title>
      <Text size="sm" c="dimmed">
        What a first mailing needs. {data.steps.filter(({ isDone }) => isDone).length} of {data.steps.length} are done.
      </Text>
      <ol className={styles.steps}>
        {data.steps.map((step) => (
          <Step key={step.id} step={step} isNext={step === next} />
        ))}
      </ol>
      {problem !== undefined && <Problem error={problem} title="Not added" />}
      {data.proposals.length > 0 && (
        <BusyButton variant="default" busy={isBusy} onClick={() => void add()} className={styles.proposals}>
          Add {data.proposals.join("; ")}
        </BusyButton>
      )}
    </Paper>
  );
}

function Step({ step, isNext }: { readonly step: FirstStep; readonly isNext: boolean }) {
  const { title, hint, isDone } = step;
  return (
    <li className={isDone ? styles.done : undefined} aria-current={isNext ? "step" : undefined}>
      <span className={styles.sign} aria-hidden="true">
        {isDone ? "✓" : ""}
      </span>
      <div>
        {isDone || step.address === "/" ? (
          <Text size="sm" fw={600} component="span">
            {title}
          </Text>
        ) : (
          <Anchor component={Link} href={step.address} size="sm" fw={600}>
            {title}
          </Anchor>
        )}
        {isDone ? (
          <Text size="xs" c="dimmed">
            {step.note ?? "Done"}
          </Text>
        ) : (
          <Text size="sm">{hint}</Text>
        )}
      </div>
    </li>
  );
}
