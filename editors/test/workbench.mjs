// VS Code's server with a folder open, and a browser on it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createRequire } from 'node:module';

const editors = process.env.EDITORS;
const extension = path.resolve(import.meta.dirname, '../vscode');
const { chromium } = createRequire(path.join(extension, 'package.json'))('playwright-core');
const CHROMIUM_FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--disable-dev-shm-usage',
];

export const node = path.join(process.env.NODE_HOME, 'bin/node');
export const serverMain = path.join(editors, 'vscode/out/server-main.js');

/** What a user would not see in a fresh window of a test. */
const SETTINGS = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'editor.minimap.enabled': false,
  'files.autoSave': 'off',
};

/** A port that nobody listens on. */
function freePort() {
  return new Promise((resolve, reject) => {
    const s = net.createServer().once('error', reject);
    s.listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });
}

function writeSettings(folder, scope, settings) {
  fs.mkdirSync(path.join(folder, 'data', scope), { recursive: true });
  fs.writeFileSync(path.join(folder, 'data', scope, 'settings.json'), JSON.stringify(settings));
}

/** Starts VS Code's server. settings come over the usual ones; those of the machine are of its scope. */
export async function startServer(folder, settings = {}, machine = {}) {
  const port = await freePort();
  writeSettings(folder, 'User', { ...SETTINGS, ...settings });
  writeSettings(folder, 'Machine', machine);
  const log = fs.openSync(path.join(folder, 'server.log'), 'a');
  const child = spawn(
    node,
    [
      serverMain, '--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--telemetry-level', 'off',
      '--enable-smoke-test-driver', '--accept-server-license-terms', '--server-data-dir', folder, '--extensions-dir', path.join(folder, 'ext'),
    ],
    { stdio: ['ignore', log, log] },
  );
  process.on('exit', () => child.kill('SIGKILL')); // also when a test breaks off
  for (let i = 0; ; i++) {
    try {
      await fetch(`http://127.0.0.1:${port}/version`);
      break;
    } catch (err) {
      if (i > 600 || child.exitCode !== null) {
        throw new Error(`VS Code's server does not answer, see ${folder}/server.log`, { cause: err });
      }
      await new Promise((r) => setTimeout(r, 100));
    }
  }
  const stop = () =>
    new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 5000).unref();
    });
  return { port, child, stop };
}

/** Installs a vsix or lists what is there. */
export function cli(folder, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [
      serverMain, '--accept-server-license-terms', '--server-data-dir', folder, '--extensions-dir', path.join(folder, 'ext'), ...args,
    ]);
    let out = '';
    child.stdout.on('data', (d) => (out += d));
    child.stderr.on('data', (d) => (out += d));
    child.on('exit', (code) => (code === 0 ? resolve(out) : reject(new Error(out))));
  });
}

/** Starts the browser. */
export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_FLAGS });

/** A page with a folder open; development is [[key, value]...] as the desktop's command line gives it. */
export async function openFolder(port, folder, development = [], viewport = { width: 1000, height: 640 }) {
  const browser = await launch();
  const page = await browser.newPage({ viewport });
  page.setDefaultTimeout(60_000);
  const payload = development.map(([k, v]) => [k, `vscode-remote://127.0.0.1:${port}${v}`]);
  const query = payload.length > 0 ? `&payload=${encodeURIComponent(JSON.stringify(payload))}` : '';
  await page.goto(`http://127.0.0.1:${port}/?folder=${folder}${query}`);
  return { browser, page };
}
