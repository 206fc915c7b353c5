// Asking for the options of a build.
import * as vscode from 'vscode';
import type { BuildOptions } from './build';

interface Choice extends vscode.QuickPickItem {
  option: 'load' | 'push' | 'guide' | 'noCache' | 'check' | 'amd64' | 'arm64';
}

const CHOICES: Choice[] = [
  { option: 'load', label: 'Load', description: 'put the image into the Docker engine' },
  { option: 'push', label: 'Push', description: 'push the image to the registry of its name' },
  { option: 'guide', label: 'As in the guide', description: 'attach SBOM and provenance' },
  { option: 'amd64', label: 'linux/amd64', description: 'this platform only' },
  { option: 'arm64', label: 'linux/arm64', description: 'this platform only' },
  { option: 'noCache', label: 'No cache', description: 'run every step again' },
  { option: 'check', label: 'Check only', description: "ask for the frontend's lint, build nothing" },
];

/** Asks the user. Undefined when they turn away. */
export async function chooseBuildOptions(name: string): Promise<BuildOptions | undefined> {
  const chosen = await vscode.window.showQuickPick(CHOICES, { canPickMany: true, title: 'Build with options' });
  if (!chosen) {
    return undefined;
  }
  const has = (option: Choice['option']) => chosen.some((c) => c.option === option);
  const options: BuildOptions = {};
  for (const option of ['load', 'push', 'guide', 'noCache', 'check'] as const) {
    if (has(option)) {
      options[option] = true;
    }
  }
  const platforms = (['amd64', 'arm64'] as const).filter(has).map((arch) => `linux/${arch}`);
  if (platforms.length > 0) {
    options.platforms = platforms;
  }
  if (!options.load && !options.push) {
    return options;
  }
  const tag = await vscode.window.showInputBox({ title: 'Name of the image', value: `${name}:dev` });
  return tag === undefined ? undefined : { ...options, ...(tag === '' ? {} : { tags: [tag] }) };
}
