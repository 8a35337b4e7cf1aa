import { Alert, Button, Group, Text } from "@mantine/core";
import { RequestFailed } from "../http.ts";

/** Refusals that trying again does not change. */
const refusals: Readonly<Record<number, string>> = { 403: "Not allowed", 404: "Not found" };

/** An error in its own words, with a button to try again where that can help. */
export function Problem({
  error,
  title,
  retry,
}: {
  readonly error: unknown;
  readonly title?: string;
  readonly retry?: () => void;
}) {
  const text = error instanceof Error ? error.message : String(error);
  const refusal = error instanceof RequestFailed ? refusals[error.status] : undefined;
  return (
    <Alert color="red" variant="light" title={title ?? refusal ?? "Something went wrong"} role="alert">
      <Group justify="space-between" align="center">
        <Text size="sm">{text}</Text>
        {retry && refusal === undefined && (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
      </Group>
    </Alert>
  );
}
