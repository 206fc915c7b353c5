// Choosing packages, searched live in the server's indexes: what is typed is
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
import { onServer } from './run';
import { SERVER } from './serverCommandIds';
import type { Session } from './session';
import { BACK, framed, type Answer, type Frame } from './wizard';

/** A text with a place in it. */
export interface Place {
  text: string;
  line: number;
  character: number;
}

/** Makes the definition in which a prefix is being typed. */
export type Placing = (prefix: string) => Promise<Place | undefined>;

interface Item extends vscode.QuickPickItem {
  does: 'add' | 'end' | 'fetch';
  /** What is added, where the label is another. */
  name?: string;
}

const URI = 'untitled:/dhi-ls-package-search.yaml';

/** Lets the user choose packages, any number of them. */
export async function choosePackages(session: Session, frame: Frame, place: Placing): Promise<Answer<string[]>> {
  const client = session.client();
  const search = client?.isRunning() ? new Search(client, place) : undefined;
  const picker = framed(vscode.window.createQuickPick<Item>(), frame);
  const chosen = new Set<string>();
  picker.placeholder = 'Which packages? Type to search, Enter adds one; Enter on the empty line goes on';
  const refresh = async () => {
    const typed = picker.value.trim();
    picker.busy = typed !== '';
    const found = typed === '' ? [] : ((await search?.complete(typed)) ?? []);
    if (typed === picker.value.trim()) {
      picker.items = itemsOf(typed, found, chosen);
      picker.busy = false;
    }
  };
  try {
    return await new Promise<Answer<string[]>>((resolve, reject) => {
      picker.onDidChangeValue(() => void refresh().catch(reject));
      picker.onDidTriggerButton(() => resolve(BACK));
      picker.onDidHide(() => resolve(undefined));
      picker.onDidAccept(async () => {
        const item = picker.activeItems[0];
        if (item?.does === 'fetch') {
          picker.busy = true;
          await search?.fetch(session).catch(() => undefined); // onServer has shown why
        } else if (item?.does === 'add') {
          chosen.add(item.name ?? item.label);
          picker.value = '';
        } else {
          resolve([...chosen]);
          return;
        }
        await refresh().catch(reject);
      });
      picker.show();
      void refresh().catch(reject);
    });
  } finally {
    search?.close();
    picker.dispose();
  }
}

function itemsOf(typed: string, found: CompletionItem[], chosen: Set<string>): Item[] {
  if (typed === '') {
    const list = [...chosen].join(', ');
    return [{ does: 'end', label: 'Go on', description: list === '' ? 'with what every image has' : `with ${list}`, alwaysShow: true }];
  }
  const items: Item[] = found.map((item) => ({
    does: 'add',
    label: item.label,
    description: [item.labelDetails?.detail?.trim(), item.labelDetails?.description ?? item.detail].filter(Boolean).join('  '),
    alwaysShow: true,
  }));
  if (!items.some((i) => i.label === typed)) {
    // What the indexes do not know may still exist.
    const why = found.length === 0 ? 'not in the package indexes that are here' : '';
    items.push({ does: 'add', name: typed, label: `$(edit) Take “${typed}” as it is`, description: why, alwaysShow: true });
  }
  if (found.length === 0 && vscode.workspace.isTrusted) {
    items.push({ does: 'fetch', label: '$(cloud-download) Fetch the package indexes of this distribution', alwaysShow: true });
  }
  return items;
}

class Search {
  private version = 0;

  constructor(
    private readonly client: LanguageClient,
    private readonly place: Placing,
  ) {}

  /** The packages that begin with a prefix. */
  async complete(prefix: string): Promise<CompletionItem[]> {
    const at = await this.show(prefix);
    if (!at) {
      return [];
    }
    const position = { line: at.line, character: at.character };
    const answer = await this.client.sendRequest(CompletionRequest.type, { textDocument: { uri: URI }, position });
    const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
    return items.filter((item) => item.command === undefined);
  }

  /** Has the indexes fetched that the definition names. */
  async fetch(session: Session): Promise<void> {
    await this.show('');
    await onServer(session, SERVER.updateIndexes, { uri: URI });
  }

  close(): void {
    if (this.version > 0 && this.client.isRunning()) {
      void this.client.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri: URI } });
    }
  }

  private async show(prefix: string): Promise<Place | undefined> {
    const at = await this.place(prefix);
    if (!at) {
      return undefined;
    }
    this.version++;
    if (this.version === 1) {
      await this.client.sendNotification(DidOpenTextDocumentNotification.type, {
        textDocument: { uri: URI, languageId: 'yaml', version: this.version, text: at.text },
      });
    } else {
      await this.client.sendNotification(DidChangeTextDocumentNotification.type, {
        textDocument: { uri: URI, version: this.version },
        contentChanges: [{ text: at.text }],
      });
    }
    return at;
  }
}
