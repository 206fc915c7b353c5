// A picture of a page: node picture.mjs HTML PNG
import path from 'node:path';
import { launch } from './workbench.mjs';

const [html, png] = process.argv.slice(2);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 980, height: 640 } });
await page.goto(`file://${path.resolve(html)}`);
await page.addStyleTag({ content: 'body { margin: 12px; background: #14161b !important } pre { font: 14px/1.25 "DejaVu Sans Mono", monospace; margin: 0 }' });
await page.locator('pre').screenshot({ path: png });
await browser.close();
