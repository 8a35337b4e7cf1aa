import type { Metadata } from "next";
import { ImportPage } from "../../../../ui/settings/ImportPage.tsx";

export const metadata: Metadata = { title: "Import and export" };

export default function Page() {
  return <ImportPage />;
}
