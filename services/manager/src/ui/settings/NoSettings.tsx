import { Alert } from "@mantine/core";

/** Instead of the pages of Settings, for users without the right. */
export function NoSettings() {
  return (
    <Alert color="gray" variant="light" title="Only administrators may open the settings">
      Ask an administrator to change what you need, or to make you one.
    </Alert>
  );
}
