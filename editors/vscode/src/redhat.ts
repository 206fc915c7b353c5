// Beside redhat.vscode-yaml: its schemas are chosen by file name, and would
// call right definitions wrong. Its own API lets us answer for ours with a
// schema that accepts everything and explains nothing.
import * as vscode from 'vscode';
import { isDirective } from './detect';

const ID = 'redhat.vscode-yaml';
const SCHEMA = 'dhi://schema/any';

interface YamlApi {
  registerContributor(
    name: string,
    requestSchema: (uri: string) => string | undefined,
    requestSchemaContent: (uri: string) => string | undefined,
  ): boolean;
}

/** Takes definitions out of the hands of other schemas, if the extension is there or comes. */
export async function leaveToUs(context: vscode.ExtensionContext, output: vscode.LogOutputChannel): Promise<void> {
  if (await register(output)) {
    return;
  }
  const listening = vscode.extensions.onDidChange(async () => {
    if (await register(output)) {
      listening.dispose();
    }
  });
  context.subscriptions.push(listening);
}

async function register(output: vscode.LogOutputChannel): Promise<boolean> {
  const extension = vscode.extensions.getExtension<YamlApi>(ID);
  if (!extension) {
    return false;
  }
  try {
    const api = await extension.activate();
    api.registerContributor('dhi', schemaOf, () => '{}');
    output.info(`${ID} leaves definitions to this extension`);
  } catch (err) {
    output.warn(`${ID}: ${String(err)}`);
  }
  return true;
}

/** The schema of an open document: ours for definitions, else undefined. */
function schemaOf(uri: string): string | undefined {
  const document = vscode.workspace.textDocuments.find((d) => d.uri.toString() === uri || d.uri.toString(true) === uri);
  return document && isDirective(document.lineAt(0).text) ? SCHEMA : undefined;
}
