import { Button, Group, Text } from "@mantine/core";
import type { Trail } from "../recipients/useTrail.ts";
import styles from "./People.module.css";
import { peoplePageWords } from "./peopleWords.ts";
import type { PeoplePageState } from "./usePeoplePage.ts";

/** Where the page is in the list, and the way to the others. */
export function PeopleFoot({ state, trail }: { readonly state: PeoplePageState; readonly trail: Trail }) {
  const next = state.phase === "ready" ? state.page?.next : undefined;
  const isFirst = trail.depth === 0;
  const button = { size: "compact-sm", variant: "default" } as const;
  return (
    <div className={styles.foot}>
      <Text size="sm" role="status" aria-live="polite">
        {peoplePageWords(state)}
      </Text>
      {(!isFirst || next !== undefined) && (
        <Group gap="xs">
          {/* Disabled buttons lose the focus to the top of the page, so at an end of the list these only look disabled. */}
          <Button
            {...button}
            data-disabled={isFirst || undefined}
            aria-disabled={isFirst}
            onClick={() => !isFirst && trail.goBack()}
          >
            Previous
          </Button>
          <Button
            {...button}
            data-disabled={next === undefined || undefined}
            aria-disabled={next === undefined}
            onClick={() => next !== undefined && trail.goOn(next)}
          >
            Next
          </Button>
        </Group>
      )}
    </div>
  );
}
