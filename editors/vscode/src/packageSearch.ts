// Choosing packages, searched live in the server's index: what is typed is
// completed in a definition that only the server sees.
import * as vscode from 'vscode';
import {
  CompletionRequest,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  type CompletionItem,
  type LanguageClient,
} from 'vscode-languageclient/node';

/** A text with a place in it. */
export interface Place {
  text: string;
  line: number;
  character: number;
}

const URI = 'untitled:/dhi-ls-package-search.yaml';

/**
 * Lets the user choose packages. place makes a definition in which a prefix is
 * being typed. Undefined when they turn away.
 */
export async function choosePackages(
  client: LanguageClient | undefined,
  title: string,
  place: (prefix: string) => Place,
): Promise<string[] | undefined> {
  const picker = vscode.window.createQuickPick();
  const chosen = new Set<string>();
  const search = client?.isRunning() ? new Search(client, place) : undefined;
  picker.title = title;
  picker.placeholder = 'Packages: type to search, Enter takes one, Enter on an empty line ends';
  const refresh = async () => {
    const typed = picker.value.trim();
    const found = typed === '' ? [] : ((await search?.complete(typed)) ?? []);
    if (typed === picker.value.trim()) {
      picker.items = itemsOf(typed, found, chosen);
    }
  };
  picker.onDidChangeValue(refresh);
  await refresh();
  const result = await new Promise<string[] | undefined>((resolve) => {
    picker.onDidHide(() => resolve(undefined));
    picker.onDidAccept(async () => {
      const item = picker.activeItems[0];
      if (picker.value.trim() === '') {
        resolve([...chosen]);
        return;
      }
      chosen.add(item?.label ?? picker.value.trim());
      picker.value = '';
      await refresh();
    });
    picker.show();
  });
  search?.close();
  picker.dispose();
  return result;
}

function itemsOf(typed: string, found: CompletionItem[], chosen: Set<string>): vscode.QuickPickItem[] {
  if (typed === '') {
    const list = [...chosen].join(', ');
    return [{ label: 'Done', description: list === '' ? 'no packages of your own' : list, alwaysShow: true }];
  }
  const items = found.map((item) => ({
    label: item.label,
    description: item.labelDetails?.description ?? item.detail ?? '',
    alwaysShow: true,
  }));
  // What the index does not know may still exist.
  return items.some((i) => i.label === typed) ? items : [...items, { label: typed, description: 'as typed', alwaysShow: true }];
}

class Search {
  private version = 0;

  constructor(
    private readonly client: LanguageClient,
    private readonly place: (prefix: string) => Place,
  ) {}

  async complete(prefix: string): Promise<CompletionItem[]> {
    const { text, line, character } = this.place(prefix);
    await this.send(text);
    const answer = await this.client.sendRequest(CompletionRequest.type, { textDocument: { uri: URI }, position: { line, character } });
    const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
    return items.filter((item) => item.command === undefined);
  }

  close(): void {
    if (this.version > 0 && this.client.isRunning()) {
      void this.client.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri: URI } });
    }
  }

  private send(text: string): Promise<void> {
    this.version++;
    if (this.version === 1) {
      return this.client.sendNotification(DidOpenTextDocumentNotification.type, {
        textDocument: { uri: URI, languageId: 'yaml', version: this.version, text },
      });
    }
    return this.client.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri: URI, version: this.version },
      contentChanges: [{ text }],
    });
  }
}
