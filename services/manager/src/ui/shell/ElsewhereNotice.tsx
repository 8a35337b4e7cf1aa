import { Alert } from "@mantine/core";

/** Above what cannot be changed here, for another application maintains it. `sentence`: the server's. */
export function ElsewhereNotice({ sentence }: { readonly sentence: string }) {
  return (
    <Alert color="blue" variant="light" title="Read-only" maw={900}>
      {sentence}
    </Alert>
  );
}
