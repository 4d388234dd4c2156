// The editor: CodeMirror with the findings in its gutter and below the words they are about.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { ShownFinding, ShownFix } from "./lint-text.ts";

/** The colors are the site's, which knows whether it is dark. */
const colors = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--dbops-key)" },
  { tag: [tags.string, tags.content], color: "var(--dbops-value)" },
  { tag: tags.comment, color: "var(--vp-c-text-3)", fontStyle: "italic" },
  { tag: [tags.meta, tags.punctuation, tags.separator], color: "var(--vp-c-text-2)" },
]);

export interface Editor {
  readonly text: string;
  /** Replaces all of the text. */
  write(text: string): void;
  /** Shows findings of the present text. */
  mark(findings: readonly ShownFinding[]): void;
  apply(fix: ShownFix): void;
  goTo(offset: number): void;
  destroy(): void;
}

export function createEditor(parent: HTMLElement, text: string, changed: (text: string) => void): Editor {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        yaml(),
        syntaxHighlighting(colors),
        // Tab leaves the editor, as everywhere on the page.
        keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap]),
        EditorView.contentAttributes.of({ "aria-label": "Manifests to lint", spellcheck: "false" }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) changed(state.doc.toString());
        }),
      ],
    }),
  });
  const apply = ({ changes }: ShownFix): void => view.dispatch({ changes: [...changes], scrollIntoView: true });
  const diagnostic = ({ from, to, severity, message, ruleId, fixes }: ShownFinding): Diagnostic => ({
    from,
    to,
    severity,
    message,
    source: ruleId,
    actions: fixes
      .filter(({ changes }) => changes.length > 0)
      .map((fix) => ({ name: fix.title, apply: () => apply(fix) })),
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    write: (replacement) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: replacement } }),
    mark: (findings) => view.dispatch(setDiagnostics(view.state, findings.map(diagnostic))),
    apply,
    goTo: (offset) => {
      view.dispatch({ selection: { anchor: offset }, effects: EditorView.scrollIntoView(offset, { y: "center" }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
