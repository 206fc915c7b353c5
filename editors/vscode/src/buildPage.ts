// The page in the panel of a build. media/build.js fills it in.
import * as vscode from 'vscode';

export function pageOf(webview: vscode.Webview, media: vscode.Uri): string {
  const resource = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(media, name)).toString();
  const source = webview.cspSource;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${source}; script-src ${source}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${resource('build.css')}">
<title>Build</title>
</head>
<body>
<header>
  <h1 id="headline" role="status" aria-live="polite"></h1>
  <div id="actions"></div>
  <progress id="progress" max="100" aria-label="Progress of the build"></progress>
</header>
<section id="problems" aria-label="What failed"></section>
<section id="result" aria-label="Result"></section>
<section aria-label="Steps">
  <h2>Steps <span id="count"></span></h2>
  <ol id="steps"></ol>
</section>
<section aria-label="Log">
  <h2>Log <button id="open-log" class="link">Open as text</button></h2>
  <pre id="log" tabindex="0"></pre>
</section>
<script src="${resource('build.js')}"></script>
</body>
</html>`;
}
