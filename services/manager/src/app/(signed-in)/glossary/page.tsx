import type { Metadata } from "next";
import { Glossary } from "../../../ui/glossary/Glossary.tsx";

export const metadata: Metadata = { title: "Glossary" };

export default function GlossaryPage() {
  return <Glossary />;
}
