import { Alert, Button, Skeleton, Stack, Text, Title } from "@mantine/core";
import Link from "next/link";
import type { Preview } from "../../api/preview.ts";
import { Moment } from "../shell/Moment.tsx";
import styles from "./Preview.module.css";

/** Warns that this content has errors and will not be sent. */
export function DraftNotice({ preview: { preparedAt } }: { readonly preview: Preview }) {
  return (
    <Alert color="yellow" variant="light" title="Draft, not published" classNames={{ title: styles.plain }}>
      Prepare found errors{preparedAt && " at "}
      {preparedAt && <Moment at={preparedAt} />}, so this content was not published and cannot be sent. Fix the
      template, then run Prepare again.
    </Alert>
  );
}

/** Before the first Prepare of a language. */
export function NothingPrepared({ orderId }: { readonly orderId: string }) {
  return (
    <Stack align="center" gap="sm" py={48} maw={520} mx="auto" ta="center">
      <Title order={2} size="h4">
        No content yet
      </Title>
      <Text c="dimmed">
        Run Prepare first: it fetches the content of this language and checks it. Then you see the mail here as it will
        arrive.
      </Text>
      <Button component={Link} href={`/work-orders/${orderId}`}>
        Go to the steps
      </Button>
    </Stack>
  );
}

export function Loading() {
  return (
    <Stack gap="md" role="status" aria-busy="true" aria-label="Loading the preview">
      <Skeleton height={36} />
      <Skeleton height={64} />
      <Skeleton height={480} />
    </Stack>
  );
}
