// The table of commands: what each id does.
import type { Session } from '../session';
import { build, buildAndLoad, buildWithOptions, cancelBuild, showBuild } from './build';
import { checkWorkspace } from './check';
import { doctor, restartServer, showMenu, showOutput } from './help';
import type { CommandId } from './ids';
import { showIndexStatus, showResolvedPackages, updateIndexes } from './packages';
import { openRulePage } from './rules';
import { newDefinition } from './newDefinition';
import { compareVariants, upgrade } from './variants';

export type Handler = (...args: unknown[]) => Promise<unknown> | unknown;

/** The handlers of a session. */
export function handlers(session: Session): Record<CommandId, Handler> {
  const bound = (run: (session: Session, ...args: never[]) => unknown): Handler => (run as (...a: unknown[]) => unknown).bind(undefined, session);
  return {
    build: bound(build),
    buildAndLoad: bound(buildAndLoad),
    buildWithOptions: bound(buildWithOptions),
    cancelBuild: bound(cancelBuild),
    showBuild: bound(showBuild),
    checkWorkspace: bound(checkWorkspace),
    updateIndexes: bound(updateIndexes),
    showResolvedPackages: bound(showResolvedPackages),
    showIndexStatus: bound(showIndexStatus),
    openRulePage: bound(openRulePage),
    restartServer: bound(restartServer),
    showOutput: bound(showOutput),
    doctor: bound(doctor),
    newDefinition: bound(newDefinition),
    compareVariants: bound(compareVariants),
    upgrade: bound(upgrade),
    showMenu: bound(showMenu),
  };
}
