import * as path from 'node:path';

/** The repository. */
export const root = path.resolve(__dirname, '../../../../..');

/** The real dhi-ls. */
export const program = process.env['DHI_LS'] ?? path.join(root, 'bin/dhi-ls');
