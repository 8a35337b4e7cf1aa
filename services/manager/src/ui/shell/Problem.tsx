import { Alert, Button, Group, Text } from "@mantine/core";

/** What went wrong, in the words it came with, and a way to try again where there is one. */
export function Problem({
  error,
  title = "That did not work",
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
