// Asking for the options of a build.
import * as vscode from 'vscode';
import type { BuildOptions } from './build';

interface Choice extends vscode.QuickPickItem {
  option: 'load' | 'push' | 'guide' | 'noCache' | 'check' | 'amd64' | 'arm64';
}

const CHOICES: Choice[] = [
  { option: 'load', label: 'Load into Docker', description: 'so that it can be run' },
  { option: 'push', label: 'Push', description: 'to the registry of its name' },
  { option: 'guide', label: 'As in the guide', description: 'with SBOM and provenance' },
  { option: 'amd64', label: 'linux/amd64', description: 'instead of the platforms of the definition' },
  { option: 'arm64', label: 'linux/arm64', description: 'instead of the platforms of the definition' },
  { option: 'noCache', label: 'Without cache', description: 'run every step again' },
  { option: 'check', label: 'Check only', description: 'have the builder check the definition, build nothing' },
];

/** Asks the user. Undefined when they turn away. */
export async function chooseBuildOptions(name: string): Promise<BuildOptions | undefined> {
  const chosen = await vscode.window.showQuickPick(CHOICES, { canPickMany: true, title: 'Build with options', placeHolder: 'Options; none is fine' });
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
  const tag = await vscode.window.showInputBox({ title: 'Name of the image', prompt: 'Registry, name and tag', value: `${name}:dev` });
  return tag === undefined ? undefined : { ...options, ...(tag === '' ? {} : { tags: [tag] }) };
}
