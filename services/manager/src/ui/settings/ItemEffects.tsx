"use client";
import dynamic from "next/dynamic";
import type { ItemForm } from "./useItemForm.ts";

const PoolEffect = dynamic(() => import("./pool/PoolEffect.tsx").then((module) => module.PoolEffect), { ssr: false });
const PromptEffect = dynamic(() => import("./prompt/PromptEffect.tsx").then((module) => module.PromptEffect), {
  ssr: false,
});

/** What an item leads to as it is entered, saved or not. */
export function ItemEffects({ form }: { readonly form: ItemForm }) {
  if (form.kind === "pool") return <PoolEffect form={form} />;
  if (form.kind === "prompt") return <PromptEffect form={form} />;
  return null;
}
