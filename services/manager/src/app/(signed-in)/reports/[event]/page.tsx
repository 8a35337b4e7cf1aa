import type { Metadata } from "next";
import { EventReportPage } from "../../../../ui/reports/EventReportPage.tsx";

interface Props {
  readonly params: Promise<{ event: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Report of ${(await params).event}` };
}

export default async function Page({ params }: Props) {
  return <EventReportPage code={decodeURIComponent((await params).event)} />;
}
