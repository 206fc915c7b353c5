// Finding the program.
import * as fs from 'node:fs';
import * as path from 'node:path';

/** How the program was found, for messages. */
export interface Program {
  /** The path, or a name that the system looks up in PATH. */
  command: string;
  from: 'setting' | 'extension' | 'PATH';
}

/** Says what is wrong with the setting, in words for the user. */
export class ProgramError extends Error {}

const NAME = process.platform === 'win32' ? 'dhi-ls.exe' : 'dhi-ls';

/**
 * Finds dhi-ls: the setting, else the program that came with the extension,
 * else the one on PATH.
 */
export function findProgram(extensionFolder: string, setting: string, searchPath = process.env['PATH'] ?? ''): Program {
  const wanted = setting.trim();
  if (wanted !== '') {
    const found = path.isAbsolute(wanted) ? executable(wanted) : onPath(wanted, searchPath);
    if (!found) {
      throw new ProgramError(`dhi-ls.server.path is "${wanted}", which is no program that can be run.`);
    }
    return { command: found, from: 'setting' };
  }
  const bundled = executable(path.join(extensionFolder, 'server', NAME));
  if (bundled) {
    return { command: bundled, from: 'extension' };
  }
  const found = onPath(NAME, searchPath);
  if (!found) {
    throw new ProgramError('This build of the extension has no server for this platform, and there is no dhi-ls on PATH.');
  }
  return { command: found, from: 'PATH' };
}

function onPath(name: string, searchPath: string): string | undefined {
  for (const folder of searchPath.split(path.delimiter)) {
    const found = folder === '' ? undefined : executable(path.join(folder, name));
    if (found) {
      return found;
    }
  }
  return undefined;
}

/** The file itself if it can be run. A package that was made on Windows has lost its mode. */
function executable(file: string): string | undefined {
  try {
    if (!fs.statSync(file).isFile()) {
      return undefined;
    }
    fs.accessSync(file, fs.constants.X_OK);
    return file;
  } catch {
    return mended(file);
  }
}

function mended(file: string): string | undefined {
  try {
    fs.chmodSync(file, 0o755);
    fs.accessSync(file, fs.constants.X_OK);
    return file;
  } catch {
    return undefined;
  }
}
