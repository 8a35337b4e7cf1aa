import type { Metadata } from "next";
import { ReportList } from "../../../ui/reports/ReportList.tsx";

export const metadata: Metadata = { title: "Reports" };

export default function Page() {
  return <ReportList />;
}
