// The commands of the server (docs/protocol.md). A server offers those that it
// lists in its capabilities; an older one may lack some.
export const SERVER = {
  build: 'dhi-ls.build',
  cancelBuild: 'dhi-ls.cancelBuild',
  check: 'dhi-ls.check',
  explain: 'dhi-ls.explain',
  showProblems: 'dhi-ls.showProblems',
  updateIndexes: 'dhi-ls.index.update',
  resolve: 'dhi-ls.resolve',
  new: 'dhi-ls.new',
  compareVariants: 'dhi-ls.compareVariants',
  upgrade: 'dhi-ls.upgrade',
} as const;

/** Commands that lenses and actions of the server carry and this editor does better itself. */
export const OURS: Record<string, string> = {
  [SERVER.build]: 'dhi.build',
  [SERVER.explain]: 'dhi.openRulePage',
  [SERVER.showProblems]: 'workbench.actions.view.problems',
  [SERVER.updateIndexes]: 'dhi.updateIndexes',
  [SERVER.resolve]: 'dhi.showResolvedPackages',
};
