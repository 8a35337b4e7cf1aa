import type { Metadata } from "next";
import { Whole } from "../ui/shell/Whole.tsx";

export const metadata: Metadata = { title: "Page not found" };

export default function NotFound() {
  return <Whole title="Page not found" text="The address may be mistyped, or the page was deleted." />;
}
