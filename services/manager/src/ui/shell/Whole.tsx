import { Button, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** A page that has one thing to say, and the ways on from it. */
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
          To the work orders
        </Button>
      </Group>
    </Stack>
  );
}
