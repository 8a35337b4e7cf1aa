import { Button, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** A page with one message and links to continue. */
export function Whole({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text: string;
  readonly children?: ReactNode;
}) {
  return (
    <Stack component="main" align="center" ta="center" gap="md" py={96} px="md" maw={560} mx="auto">
      <Title order={1} size="h3">
        {title}
      </Title>
      <Text c="dimmed">{text}</Text>
      <Group>
        {children}
        <Button component="a" href="/" variant="default">
          Go to work orders
        </Button>
      </Group>
    </Stack>
  );
}
