// Draws a build. All texts are set as text: nothing of a log is markup.
(() => {
  const vscode = acquireVsCodeApi();
  const at = (id) => document.getElementById(id);

  function element(tag, text, className) {
    const e = document.createElement(tag);
    e.textContent = text;
    e.className = className ?? '';
    return e;
  }

  function seconds(milliseconds) {
    return `${(milliseconds / 1000).toFixed(1)} s`;
  }

  function command(title, text) {
    const line = element('p', `${title} `);
    const code = element('code', text);
    const copy = element('button', 'Copy');
    copy.addEventListener('click', () => vscode.postMessage({ copy: text }));
    line.append(code, copy);
    return line;
  }

  function result(build) {
    if (!build) {
      return [];
    }
    const parts = [element('p', build.message || build.state, `state ${build.state}`)];
    if (build.digest) {
      parts.push(command('Digest', build.digest));
    }
    for (const tag of build.tags ?? []) {
      parts.push(command('Name', tag));
    }
    for (const image of build.images ?? []) {
      const packages = image.packages ? `, ${image.packages.length} packages` : '';
      parts.push(element('p', `${image.platform}: ${(image.size / 1e6).toFixed(1)} MB${packages}`));
    }
    for (const note of build.notes ?? []) {
      parts.push(element('p', note));
    }
    for (const next of build.next ?? []) {
      parts.push(command(next.title, next.command));
    }
    if (build.command) {
      parts.push(command('The same by hand', build.command));
    }
    return parts;
  }

  function step({ name, took }) {
    const row = document.createElement('tr');
    row.append(element('td', name), element('td', took === undefined ? 'running' : seconds(took)));
    return row;
  }

  window.addEventListener('message', ({ data: view }) => {
    at('progress').value = view.percent;
    at('progress').hidden = view.ended !== undefined;
    at('result').replaceChildren(...result(view.ended));
    at('steps').replaceChildren(...view.steps.map(step));
    const log = at('log');
    const follows = window.innerHeight + window.scrollY >= document.body.scrollHeight - 4;
    log.textContent = view.lines.join('\n');
    if (follows) {
      window.scrollTo(0, document.body.scrollHeight);
    }
  });

  vscode.postMessage({ ready: true });
})();
