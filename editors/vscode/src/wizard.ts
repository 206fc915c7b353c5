// Questions one after the other, with a way back.
import * as vscode from 'vscode';

/** The answer of a user who wants the question before. */
export const BACK = Symbol('back');

/** An answer; undefined when the user turns away. */
export type Answer<T> = T | typeof BACK | undefined;

/** A question: it reads the answers so far and adds its own. It is not asked where `when` says no. */
export interface Question<A> {
  when?(answers: Partial<A>): boolean;
  ask(answers: Partial<A>, frame: Frame): Promise<Answer<Partial<A>>>;
}

/** What stands around each question. */
export interface Frame {
  title: string;
  step: number;
  totalSteps: number;
}

/** Asks all of them. Undefined when the user turns away. */
export async function askAll<A>(title: string, questions: Question<A>[]): Promise<A | undefined> {
  const asked: { question: Question<A>; before: Partial<A> }[] = [];
  let answers: Partial<A> = {};
  for (;;) {
    const done = asked.map((a) => a.question);
    const left = questions.filter((q) => !done.includes(q) && (q.when?.(answers) ?? true));
    const question = left[0];
    if (!question) {
      return answers as A;
    }
    const answer = await question.ask(answers, { title, step: asked.length + 1, totalSteps: asked.length + left.length });
    if (answer === undefined) {
      return undefined;
    }
    if (answer !== BACK) {
      asked.push({ question, before: answers });
      answers = { ...answers, ...answer };
      continue;
    }
    answers = asked.pop()?.before ?? {};
  }
}

/** Puts a frame around an input and gives it the way back. */
export function framed<I extends vscode.QuickInput & { buttons: readonly vscode.QuickInputButton[] }>(input: I, frame: Frame): I {
  Object.assign(input, frame);
  input.ignoreFocusOut = true; // a look at another window is no answer
  input.buttons = frame.step > 1 ? [vscode.QuickInputButtons.Back] : [];
  return input;
}

/** Lets the user choose one. */
export function choose<T extends vscode.QuickPickItem>(frame: Frame, placeholder: string, items: T[], active?: T): Promise<Answer<T>> {
  const picker = framed(vscode.window.createQuickPick<T>(), frame);
  picker.placeholder = placeholder;
  picker.items = items;
  picker.activeItems = active ? [active] : [];
  picker.matchOnDescription = true;
  return new Promise((resolve) => {
    picker.onDidAccept(() => picker.activeItems[0] && resolve(picker.activeItems[0]));
    picker.onDidTriggerButton(() => resolve(BACK));
    picker.onDidHide(() => resolve(undefined));
    picker.show();
  }).finally(() => picker.dispose()) as Promise<Answer<T>>;
}

/** Lets the user type. wrong says what is the matter with a text. */
export function type(frame: Frame, prompt: string, value: string, wrong: (text: string) => string | undefined): Promise<Answer<string>> {
  const input = framed(vscode.window.createInputBox(), frame);
  input.prompt = prompt;
  input.value = value;
  return new Promise((resolve) => {
    input.onDidChangeValue((text) => (input.validationMessage = wrong(text.trim())));
    input.onDidAccept(() => {
      const text = input.value.trim();
      input.validationMessage = wrong(text);
      if (input.validationMessage === undefined) {
        resolve(text);
      }
    });
    input.onDidTriggerButton(() => resolve(BACK));
    input.onDidHide(() => resolve(undefined));
    input.show();
  }).finally(() => input.dispose()) as Promise<Answer<string>>;
}
