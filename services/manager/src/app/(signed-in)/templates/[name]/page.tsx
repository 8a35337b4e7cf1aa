import type { Metadata } from "next";
import { TemplatePage } from "../../../../ui/templates/TemplatePage.tsx";

interface Props {
  readonly params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Template ${(await params).name}` };
}

export default async function Page({ params }: Props) {
  return <TemplatePage name={(await params).name} />;
}
