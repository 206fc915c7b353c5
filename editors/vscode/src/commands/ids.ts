/** The commands of the extension, without their prefix `dhi.`. */
export const COMMANDS = [
  'build',
  'buildAndLoad',
  'buildWithOptions',
  'cancelBuild',
  'showBuild',
  'checkWorkspace',
  'updateIndexes',
  'showResolvedPackages',
  'showIndexStatus',
  'openRulePage',
  'restartServer',
  'showOutput',
  'doctor',
  'newDefinition',
  'compareVariants',
  'upgrade',
  'showMenu',
] as const;

export type CommandId = (typeof COMMANDS)[number];
