import { Alert } from "@mantine/core";

/** Instead of the pages of People, for users without the right. */
export function NoPeople() {
  return (
    <Alert color="gray" variant="light" title="You may not open the pages of people">
      Ask an administrator for the right “people”.
    </Alert>
  );
}
