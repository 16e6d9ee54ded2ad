/** `node test/report/picture.ts PAGE PICTURE`: the top of a report's page as a PNG; of the quickstart's, it is `docs/report.png`. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchBrowser } from './browser.ts';

const [page = '', picture = ''] = process.argv.slice(2);
const browser = await launchBrowser();
const tab = await browser.newPage({ colorScheme: 'light', viewport: { width: 1100, height: 1500 } });
await tab.goto(pathToFileURL(resolve(page)).href);
await tab.screenshot({ path: picture });
await browser.close();
