import type { Metadata } from "next";
import { Whole } from "../ui/shell/Whole.tsx";

export const metadata: Metadata = { title: "Nothing here" };

export default function NotFound() {
  return <Whole title="There is nothing here" text="The address may be mistyped, or what stood here was deleted." />;
}
