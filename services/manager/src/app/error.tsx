"use client";
import { Button } from "@mantine/core";
import { Whole } from "../ui/shell/Whole.tsx";

/** What stands instead of a page that failed; nothing that was saved is lost by it. */
export default function PageFailed({ reset }: { readonly error: Error; readonly reset: () => void }) {
  return (
    <Whole
      title="This page failed"
      text="Nothing you saved is lost. Try again; if it stays like this, tell an administrator."
    >
      <Button onClick={reset}>Try again</Button>
    </Whole>
  );
}
