import type { Metadata } from "next";
import { CopyEvent } from "../../../../ui/copies/CopyEvent.tsx";

export const metadata: Metadata = { title: "Duplicate an event" };

export default function CopyEventPage() {
  return <CopyEvent />;
}
