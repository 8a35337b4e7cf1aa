"use client";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { html } from "@codemirror/lang-html";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import { getNonce } from "get-nonce";
import { useEffect, useRef } from "react";
import { editorDiagnostics, offsetOf } from "./editorDiagnostics.ts";
import { editorHighlight, editorTheme } from "./editorLook.ts";
import styles from "./Templates.module.css";

export interface CodeEditorProps {
  /** The text; another one than the editor's own replaces it, which can be undone. */
  readonly value: string;
  readonly findings: readonly Detail[];
  readonly readOnly: boolean;
  /** Line and column from 1 to go to; a new object each time. */
  readonly target: { readonly line: number; readonly column: number } | undefined;
  readonly onChange: (value: string) => void;
}

/** An editor for HTML with findings in its margin. Tab leaves it, as it leaves every other field. */
export default function CodeEditor({ value, findings, readOnly, target, onChange }: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const changed = useRef(onChange);
  changed.current = onChange;
  const first = useRef(value);

  useEffect(() => {
    if (!place.current) return;
    const state = EditorState.create({ doc: first.current, extensions: extensions(first.current, readOnly, changed) });
    const made = new EditorView({ state, parent: place.current });
    view.current = made;
    return () => {
      first.current = made.state.sliceDoc();
      made.destroy();
    };
  }, [readOnly]);
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.sliceDoc() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: editor.state.toText(value) } });
  }, [value]);
  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, editorDiagnostics(editor.state.doc, findings)));
  }, [findings]);
  useEffect(() => {
    const editor = view.current;
    if (!editor || !target) return;
    const anchor = offsetOf(editor.state.doc, target);
    editor.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    editor.focus();
  }, [target]);
  return <div ref={place} className={styles.editor} />;
}

function extensions(
  text: string,
  readOnly: boolean,
  changed: { readonly current: (value: string) => void },
): Extension {
  return [
    // Styles without it would not pass the content security policy.
    EditorView.cspNonce.of(getNonce() ?? ""),
    EditorView.contentAttributes.of({
      "aria-label": "HTML of the template",
      tabindex: "0",
      spellcheck: "false",
      autocorrect: "off",
    }),
    ...(hasWindowsBreaks(text) ? [EditorState.lineSeparator.of("\r\n")] : []),
    EditorState.readOnly.of(readOnly),
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    search({ top: true }),
    html(),
    syntaxHighlighting(editorHighlight),
    editorTheme,
    EditorView.lineWrapping,
    keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) changed.current(update.state.sliceDoc());
    }),
  ];
}

/** Line breaks stay as they are, or a version would differ from the one before in every line. */
function hasWindowsBreaks(text: string): boolean {
  return text.includes("\r\n") && !/(?:^|[^\r])\n/.test(text);
}
