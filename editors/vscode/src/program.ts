// Asking the program itself, for what needs no running server.
import * as vscode from 'vscode';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SECTION } from './languageClient';
import { findProgram } from './server';

const run = promisify(execFile);

/** The standard output of `dhi-ls ARGS`. Rejects with what it says on standard error. */
export async function dhiLs(context: vscode.ExtensionContext, ...args: string[]): Promise<string> {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const { command } = findProgram(context.extensionPath, settings.get('server.path', ''));
  const env = { ...process.env, NO_COLOR: '1', ...settings.get<Record<string, string>>('server.env', {}) };
  try {
    return (await run(command, args, { env, maxBuffer: 16 << 20 })).stdout;
  } catch (err) {
    const { stderr, message } = err as { stderr?: string; message: string };
    throw new Error(stderr?.trim() || message);
  }
}
