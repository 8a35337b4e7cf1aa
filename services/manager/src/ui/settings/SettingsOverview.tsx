import { Stack, Text, Title } from "@mantine/core";
import Link from "next/link";
import { FirstSteps } from "../firstSteps/FirstSteps.tsx";
import { kindTitles } from "./kindTitles.ts";
import { ReturnedReportsEntry } from "./returned/ReturnedReportsEntry.tsx";
import styles from "./Settings.module.css";

/** All kinds of settings, each a link to its items. */
export function SettingsOverview() {
  return (
    <Stack gap="lg" maw={860}>
      <div>
        <Title order={1} size="h3">
          Settings
        </Title>
        <Text size="sm" c="dimmed">
          Every change is kept with who made it, and can be undone. It counts from the next start of a step.
        </Text>
      </div>
      <FirstSteps />
      <ul className={styles.kinds}>
        {Object.entries(kindTitles).map(([kind, { all, about }]) => (
          <li key={kind}>
            <Link href={`/settings/${kind}`}>{all}</Link>
            <span>{about}</span>
          </li>
        ))}
        <ReturnedReportsEntry />
        <li>
          <Link href="/settings/import">Import and export</Link>
          <span>All of these as one file: what it would change is shown before it is imported.</span>
        </li>
      </ul>
    </Stack>
  );
}
