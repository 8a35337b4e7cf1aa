"use client";
import { Button } from "@mantine/core";
import { Whole } from "../ui/shell/Whole.tsx";

/** Shown in place of a page that failed. */
export default function PageFailed({ reset }: { readonly error: Error; readonly reset: () => void }) {
  return (
    <Whole
      title="Something went wrong"
      text="Everything you saved is safe. Try again; if it keeps failing, contact an administrator."
    >
      <Button onClick={reset}>Try again</Button>
    </Whole>
  );
}
