import { Alert } from "@mantine/core";

/** Instead of the pages of the import, for users who may not import. */
export function NoImport() {
  return (
    <Alert color="gray" variant="light" title="You may not import people">
      It takes the right “people”, the role Write Enabled and access to all events. Ask an administrator.
    </Alert>
  );
}
