import type { Metadata } from "next";
import { ReturnedReportsPage } from "../../../../ui/settings/returned/ReturnedReportsPage.tsx";

export const metadata: Metadata = { title: "Unmatched reports" };

export default function Page() {
  return <ReturnedReportsPage />;
}
