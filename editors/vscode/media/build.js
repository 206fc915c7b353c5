// Draws a build. All texts are set as text: nothing of a log is markup.
(() => {
  const vscode = acquireVsCodeApi();
  const at = (id) => document.getElementById(id);
  const MAX_LINES = 5000;

  let view; // the build that is shown

  function element(tag, text, className) {
    const e = document.createElement(tag);
    e.textContent = text ?? '';
    e.className = className ?? '';
    return e;
  }

  function button(text, className, pressed) {
    const b = element('button', text, className);
    b.addEventListener('click', pressed);
    return b;
  }

  const ask = (command) => () => vscode.postMessage({ ask: 'command', command });

  /** A time for people: 85 ms, 4.2 s, 3 min 07 s. */
  function time(milliseconds) {
    if (milliseconds < 1000) {
      return `${Math.round(milliseconds)} ms`;
    }
    const seconds = milliseconds / 1000;
    if (seconds < 60) {
      return `${seconds.toFixed(1)} s`;
    }
    return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
  }

  /** A size in the units of docker images. */
  function size(bytes) {
    const units = ['B', 'kB', 'MB', 'GB'];
    let n = bytes;
    let i = 0;
    for (; n >= 1000 && i < units.length - 1; i++) {
      n /= 1000;
    }
    return `${i === 0 ? n : n.toFixed(1)} ${units[i]}`;
  }

  /** Words that can be copied. */
  function copyable(text) {
    const line = element('span', '', 'copyable');
    const copy = button('Copy', 'link', () => {
      vscode.postMessage({ ask: 'copy', text });
      copy.textContent = 'Copied';
      setTimeout(() => (copy.textContent = 'Copy'), 1500);
    });
    copy.setAttribute('aria-label', `Copy ${text}`);
    line.append(element('code', text), copy);
    return line;
  }

  const STATES = {
    running: ['Building', 'running'],
    ok: ['Built', 'good'],
    failed: ['Not built:', 'bad'],
    canceled: ['Canceled:', 'quiet'],
    superseded: ['Replaced by a newer build:', 'quiet'],
  };

  function headline() {
    const [words, className] = STATES[view.ended?.state ?? 'running'];
    at('headline').replaceChildren(element('span', '', `mark ${className}`), element('span', `${words} ${view.name}`), element('span', '', 'time'));
    tick();
  }

  /** The time that the build takes or took. */
  function tick() {
    const shown = at('headline').querySelector('.time');
    if (view && shown) {
      shown.textContent = time(view.took ?? Math.max(0, Date.now() - view.began));
    }
  }
  setInterval(() => view && !view.ended && tick(), 200);

  function actions(problems) {
    const list = [];
    if (!view.ended) {
      list.push(button('Cancel', 'secondary', ask('cancelBuild')));
    } else {
      const good = view.ended.state === 'ok';
      if (good && !view.ended.loaded) {
        list.push(button('Load into Docker', 'primary', ask('buildAndLoad')));
      }
      list.push(button('Build again', good ? 'secondary' : 'primary', ask('build')));
      if (view.ended.state === 'failed' && !problems.some((p) => p.severity === 'error')) {
        list.push(button('What can build here?', 'secondary', ask('doctor')));
      }
    }
    at('actions').replaceChildren(...list);
  }

  function problem({ line, message, severity }) {
    const [first, ...rest] = message.split('\n');
    const row = element('div', '', `problem ${severity}`);
    const go = button(`Line ${line + 1}`, 'link', () => vscode.postMessage({ ask: 'go', line }));
    const title = element('p');
    title.append(go, element('span', first));
    row.append(title);
    if (rest.length > 0) {
      row.append(element('pre', rest.join('\n')));
    }
    return row;
  }

  function problems(list) {
    const rows = list.map(problem);
    if (rows.length === 0 && view.ended?.state === 'failed') {
      const row = element('div', '', 'problem error');
      row.append(element('p', view.ended.message));
      rows.push(row);
    }
    at('problems').replaceChildren(...rows);
  }

  function row(list, name, ...values) {
    const value = element('dd');
    value.append(...values);
    list.append(element('dt', name), value);
  }

  function imageText({ size: bytes, packages }) {
    return `${size(bytes)} compressed${packages ? `, ${packages.length} packages` : ''}`;
  }

  function facts(build) {
    const list = element('dl');
    const run = build.next?.find((n) => n.id === 'run');
    if (run) {
      row(list, 'Run it', copyable(run.command));
    }
    for (const tag of build.tags ?? []) {
      row(list, build.loaded ? 'In Docker as' : 'Name', copyable(tag));
    }
    const images = build.images ?? [];
    for (const image of images) {
      row(list, images.length > 1 ? image.platform : 'Size', `${imageText(image)}${images.length > 1 ? '' : `, ${image.platform}`}`);
    }
    if (build.digest) {
      row(list, 'Digest', copyable(build.digest));
    }
    return list;
  }

  /** Further commands, folded away. */
  function more(build) {
    const rest = (build.next ?? []).filter((n) => n.id !== 'run');
    if (rest.length === 0 && !build.command) {
      return [];
    }
    const details = element('details');
    const list = element('dl');
    for (const { title, command, needs } of rest) {
      row(list, title, copyable(command), ...(needs ? [element('span', `needs docker ${needs}, which is not installed`, 'quiet')] : []));
    }
    if (build.command) {
      row(list, 'The same build without dhi-ls', copyable(build.command));
    }
    details.append(element('summary', 'More commands'), list);
    return [details];
  }

  function result() {
    const build = view.ended;
    if (build?.state !== 'ok') {
      at('result').replaceChildren();
      return;
    }
    const hint = build.next || !build.digest ? [] : [element('p', 'The image is in the cache of the builder. Load it into Docker to run it.', 'quiet')];
    const notes = (build.notes ?? []).map((n) => element('p', n, 'quiet'));
    at('result').replaceChildren(facts(build), ...hint, ...notes, ...more(build));
  }

  const WORDS = { running: 'running', cached: 'cached' };

  function step({ name, state, milliseconds }) {
    const line = element('li', '', state);
    if (/^\[internal\]/.test(name)) {
      line.classList.add('internal');
    }
    const mark = element('span', '', 'mark');
    mark.title = state;
    line.append(mark, element('span', name, 'name'), element('span', WORDS[state] ?? time(milliseconds ?? 0), 'time'));
    return line;
  }

  function steps() {
    const done = view.steps.filter((s) => s.state !== 'running').length;
    at('count').textContent = view.steps.length === 0 ? '' : `${done} of ${view.steps.length}`;
    at('steps').replaceChildren(...view.steps.map(step));
  }

  /** Adds lines; a reader at the end stays there. */
  function log(lines, anew) {
    const pre = at('log');
    if (anew) {
      pre.replaceChildren();
    }
    if (lines.length === 0) {
      return;
    }
    const follows = anew || pre.scrollHeight - pre.scrollTop - pre.clientHeight < 8;
    pre.append(...lines.map((l) => element('div', l, /^=> /.test(l) ? 'step' : '')));
    while (pre.childElementCount > MAX_LINES) {
      pre.firstChild.remove();
    }
    if (follows) {
      pre.scrollTop = pre.scrollHeight;
    }
  }

  window.addEventListener('message', ({ data }) => {
    view = data.view;
    document.body.dataset.state = view.ended?.state ?? 'running';
    at('progress').hidden = view.ended !== undefined;
    at('progress').value = view.percent;
    headline();
    actions(data.problems);
    problems(data.problems);
    result();
    steps();
    log(data.lines, data.anew);
  });

  at('open-log').addEventListener('click', () => vscode.postMessage({ ask: 'log' }));
  vscode.postMessage({ ask: 'ready' });
})();
