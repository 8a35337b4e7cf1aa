import type { Metadata } from "next";
import { NextFirstStep } from "../../../../ui/firstSteps/NextFirstStep.tsx";
import { TemplatePage } from "../../../../ui/templates/TemplatePage.tsx";

interface Props {
  readonly params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Template ${(await params).name}` };
}

export default async function Page({ params }: Props) {
  const { name } = await params;
  return (
    <>
      <NextFirstStep />
      <TemplatePage name={name} />
    </>
  );
}
