// The task type `dhi-ls`: the command line in the terminal, its findings among
// the problems.
import * as vscode from 'vscode';
import { findProgram, ProgramError } from './server';
import { SECTION } from './languageClient';

export interface DhiTask extends vscode.TaskDefinition {
  type: 'dhi-ls';
  command: 'check' | 'fmt' | 'build' | 'doctor' | 'index' | 'resolve';
  paths?: string[];
  args?: string[];
}

/** The tasks that are offered without a tasks.json: none without a program. */
export function provideTasks(context: vscode.ExtensionContext): vscode.Task[] {
  try {
    return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => [
      makeTask(context, { type: 'dhi-ls', command: 'check' }, folder),
      makeTask(context, { type: 'dhi-ls', command: 'fmt', args: ['--check'] }, folder),
      makeTask(context, { type: 'dhi-ls', command: 'build', paths: ['${file}'] }, folder),
    ]);
  } catch (err) {
    if (err instanceof ProgramError) {
      return [];
    }
    throw err;
  }
}

/** Fills in a task of tasks.json. */
export function resolveTask(context: vscode.ExtensionContext, task: vscode.Task): vscode.Task {
  return makeTask(context, task.definition as DhiTask, task.scope);
}

/** A task that runs the program which the language server is. */
export function makeTask(
  context: vscode.ExtensionContext,
  definition: DhiTask,
  scope: vscode.WorkspaceFolder | vscode.TaskScope | undefined,
): vscode.Task {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const program = findProgram(context.extensionPath, settings.get('server.path', ''));
  const execution = new vscode.ProcessExecution(program.command, arguments_(definition), {
    env: settings.get<Record<string, string>>('server.env', {}),
  });
  const name = [definition.command, ...(definition.paths ?? [])].join(' ');
  const task = new vscode.Task(definition, scope ?? vscode.TaskScope.Workspace, name, 'dhi-ls', execution, '$dhi-ls');
  task.group = definition.command === 'build' ? vscode.TaskGroup.Build : vscode.TaskGroup.Test;
  task.presentationOptions = { clear: true, reveal: vscode.TaskRevealKind.Always };
  return task;
}

function arguments_(definition: DhiTask): string[] {
  return [definition.command, ...(definition.args ?? []), ...(definition.paths ?? [])];
}
