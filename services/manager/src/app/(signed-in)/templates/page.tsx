import type { Metadata } from "next";
import { TemplateList } from "../../../ui/templates/TemplateList.tsx";

export const metadata: Metadata = { title: "Templates" };

export default function Page() {
  return <TemplateList />;
}
