import type { Metadata } from "next";
import { ImportPeople } from "../../../../ui/import/ImportPeople.tsx";

export const metadata: Metadata = { title: "Import people" };

export default function ImportPeoplePage() {
  return <ImportPeople />;
}
