// The deflate streams of packages: as small as libdeflate makes them, where its
// program is installed (Debian's libdeflate-tools), else as zlib's best. Any
// unzip reads either.
import { execFileSync, spawnSync } from 'node:child_process';
import { Transform } from 'node:stream';
import zlib from 'node:zlib';

const PROGRAM = 'libdeflate-gzip';
const MAX_BUFFER = 256 << 20;

/** A gzip file of standard input has ten bytes before the deflate stream and eight behind it. */
const HEADER = 10;
const TRAILER = 8;

class Smallest extends Transform {
  chunks = [];

  _transform(chunk, _encoding, done) {
    this.chunks.push(chunk);
    done();
  }

  _flush(done) {
    const input = Buffer.concat(this.chunks);
    const gzip = execFileSync(PROGRAM, ['-12', '-c'], { input, maxBuffer: MAX_BUFFER });
    done(null, gzip.subarray(HEADER, -TRAILER));
  }
}

/** Has Node's zlib compress that well from now on, for vsce, which cannot be told. */
export function compressWell() {
  const { DeflateRaw } = zlib;
  const found = spawnSync(PROGRAM, ['-V']).status === 0;
  zlib.DeflateRaw = function best() {
    return found ? new Smallest() : new DeflateRaw({ level: zlib.constants.Z_BEST_COMPRESSION, memLevel: 9 });
  };
  return found ? PROGRAM : 'zlib';
}
