// The entry of the second bundle, which is loaded with the first definition.
export { startSession } from './session';
export { provideTasks, resolveTask } from './tasks';
