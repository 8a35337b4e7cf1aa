import { Alert, Button, Group, Text } from "@mantine/core";

/** An error in its own words, with a button to try again where that is possible. */
export function Problem({
  error,
  title = "Something went wrong",
  retry,
}: {
  readonly error: unknown;
  readonly title?: string;
  readonly retry?: () => void;
}) {
  const text = error instanceof Error ? error.message : String(error);
  return (
    <Alert color="red" variant="light" title={title} role="alert">
      <Group justify="space-between" align="center">
        <Text size="sm">{text}</Text>
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
      </Group>
    </Alert>
  );
}
