// The commands and tasks, by what they show.
import * as assert from 'node:assert';
import * as vscode from 'vscode';
import { BROKEN, broken, codeOf, eventually, open, place } from './helpers';

/** The labels of the open tabs. */
const tabs = () => vscode.window.tabGroups.all.flatMap((g) => g.tabs).map((t) => t.label);

/** The text of an open document by the end of its path. */
const textOf = (name: string) => vscode.workspace.textDocuments.find((d) => d.uri.path.endsWith(name))?.getText();

/** Runs a command, and waits for the task that it starts. */
async function started(command: string): Promise<vscode.Task> {
  const task = new Promise<vscode.Task>((resolve) => {
    const listening = vscode.tasks.onDidStartTask((e) => {
      listening.dispose();
      resolve(e.execution.task);
    });
  });
  await vscode.commands.executeCommand(command);
  return task;
}

/** Runs a task to its end. */
async function exitCode(task: vscode.Task): Promise<number | undefined> {
  const ended = new Promise<number | undefined>((resolve) => {
    const listening = vscode.tasks.onDidEndTaskProcess((e) => {
      if (e.execution.task.name === task.name) {
        listening.dispose();
        resolve(e.exitCode);
      }
    });
  });
  await vscode.tasks.executeTask(task);
  return ended;
}

suite('commands', () => {
  setup(async () => {
    await broken(await open(BROKEN));
  });

  teardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('show resolved packages', async () => {
    await vscode.commands.executeCommand('dhi.showResolvedPackages');
    assert.match(await eventually('the list', () => textOf('/resolved-packages.txt')), /tzdata[^]*2025b-r0/);
  });

  test('show index status', async () => {
    await vscode.commands.executeCommand('dhi.showIndexStatus');
    assert.match(await eventually('the list', () => textOf('/package-indexes.txt')), /127\.0\.0\.1/);
  });

  test('open rule page', async () => {
    await vscode.commands.executeCommand('dhi.openRulePage', 'unknown-field');
    await eventually('the page', () => tabs().some((t) => t.includes('unknown-field')));
  });

  test('doctor', async () => {
    assert.strictEqual((await started('dhi.doctor')).name, 'doctor');
  });

  test('check workspace: what is wrong in files that are not open', async () => {
    const closed = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'image/harbor/closed.yaml');
    await vscode.workspace.fs.writeFile(closed, Buffer.from('# syntax=dhi.io/build:2-alpine3.23\nnmae: Harbor\n'));
    await vscode.commands.executeCommand('dhi.checkWorkspace');
    await eventually('its problems', () => vscode.languages.getDiagnostics(closed).length > 0);
  });

  test('tasks are offered: check, fmt and build', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type: 'dhi-ls' });
    assert.deepStrictEqual(tasks.map((t) => t.name).sort(), ['build ${file}', 'check', 'fmt']);
    assert.ok(tasks.every((t) => t.problemMatchers.includes('$dhi-ls')));
  });

  test('what the task finds is among the problems, on its place', async () => {
    const document = await open(BROKEN);
    const check = (await vscode.tasks.fetchTasks({ type: 'dhi-ls' })).find((t) => t.name === 'check')!;
    assert.strictEqual(await exitCode(check), 1);
    const at = place(document, 'entrypiont');
    await eventually('the problem of the task', () =>
      vscode.languages.getDiagnostics(document.uri).filter((d) => codeOf(d) === 'unknown-field' && d.range.start.isEqual(at)).length === 2,
    );
  });
});
