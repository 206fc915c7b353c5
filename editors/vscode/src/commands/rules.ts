// The pages of the rules.
import * as vscode from 'vscode';
import { dhiLs } from '../program';
import type { Session } from '../session';

interface Rule {
  id: string;
  summary: string;
}

/** Shows the page of a rule: the one named, else one of those that the file breaks, or any. */
export async function openRulePage(session: Session, rule?: unknown): Promise<void> {
  const named = typeof rule === 'string' ? rule : (rule as { rule?: string } | undefined)?.rule;
  const id = named ?? (await chooseRule(session));
  if (id !== undefined) {
    await session.pages.show(`${id}.md`, await dhiLs(session.context, 'explain', id));
  }
}

async function chooseRule(session: Session): Promise<string | undefined> {
  const here = new Set(brokenHere());
  const { rules } = JSON.parse(await dhiLs(session.context, 'rules', '--format', 'json')) as { rules: Rule[] };
  const items = rules.map((r) => ({ label: r.id, description: r.summary, detail: here.has(r.id) ? 'in this file' : '' }));
  items.sort((a, b) => b.detail.length - a.detail.length);
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: 'Rule', matchOnDescription: true });
  return chosen?.label;
}

function brokenHere(): string[] {
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (!uri) {
    return [];
  }
  return vscode.languages.getDiagnostics(uri).map((d) => String(typeof d.code === 'object' ? d.code.value : (d.code ?? '')));
}
