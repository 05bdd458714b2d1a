import { start, pages } from "./demo.mjs"; import { open, visit } from "./browser.mjs";
const s = await start(), b = await open(); const t = await visit(b, s.url + "/healthz");
for (const [n, [a]] of Object.entries(pages())) { await t.page.goto(s.url + a); for (const w of [320, 360, 412, 480, 600, 700, 768, 800, 960, 1024, 1280]) { await t.page.setViewportSize({ width: w, height: 800 });
 const o = await t.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth); if (o > 0) console.log(n, w, o); } }
await b.close(); await s.stop();
